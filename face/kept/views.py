"""What the views of such a resource share."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from face.bodies import body_of
from face.commands import once, principal_of
from face.kept.audit import note
from face.kept.receipts import Made, once_only
from face.permissions import MayManage


class Kept(ViewSet):
    """A resource whose changes are transactions of Postgres. `path` names the permission it takes."""

    path: str
    permission_classes = (MayManage,)

    def keep(
        self,
        request: Request,
        change: Callable[[], Made],
        *,
        action: str,
        reason: str = "",
        status: int = 200,
        is_secret: bool = False,
    ) -> Response:
        """Make `change` once, with its audit line; answer with what it made. `is_secret`: its answer is shown once."""
        principal = principal_of(request)

        def audited() -> Made:
            made = change()
            whose = {"tenant": principal.tenant, "by": principal.actor.id, "on_behalf_of": principal.on_behalf_of}
            note(request, action=action, subject=made.subject, detail=made.detail, reason=reason, **whose)
            return made

        key = once(request, body_of(request), status=status)
        found = once_only(audited, tenant=principal.tenant, once=key, status=status, is_secret=is_secret)
        replayed = {"Idempotent-Replayed": "true"} if found.replayed else {}
        return Response(found.answer, status=found.status, headers={**found.headers, **replayed})
