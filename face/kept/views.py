"""What the views of such a resource share."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from face.bodies import body_of
from face.commands import once, principal_of
from face.json_documents import validate_json
from face.kept.audit import note
from face.kept.receipts import Made, once_only
from face.listing import PAGING
from face.pages import limit_of, ordering_of, page
from face.permissions import MayManage, MayUse
from face.refusals import InvalidParameter
from face.standing import check_standing


class Kept(ViewSet):
    """A resource whose changes are transactions of Postgres. `path` names the permission it takes."""

    path: str
    permission_classes: tuple[type[MayUse], ...] = (MayManage,)

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
        check_standing(principal.tenant)

        def audited() -> Made:
            made = change()
            if not made.changed:
                return made
            whose = {"tenant": principal.tenant, "by": principal.actor.id, "on_behalf_of": principal.on_behalf_of}
            note(request, action=action, subject=made.subject, detail=made.detail, reason=reason, **whose)
            return made

        key = once(request, body_of(request), status=status)
        found = once_only(audited, tenant=principal.tenant, once=key, status=status, is_secret=is_secret)
        replayed = {"Idempotent-Replayed": "true"} if found.replayed else {}
        return Response(found.answer, status=found.status, headers={**found.headers, **replayed})

    def listed[M: Model](
        self, request: Request, rows: QuerySet[M], shown: Callable[[M], Any], *, ordering: str = "-created_at"
    ) -> Response:
        """A page of the rows, each as `shown` shows it, after the contract's conventions. InvalidParameter."""
        given = request.query_params.dict()
        _known(given)
        found = page(
            rows,
            ordering=ordering_of(given, allowed=[ordering.lstrip("-")], default=ordering),
            limit=limit_of(given),
            cursor=given.get("cursor"),
            scope=f"{principal_of(request).tenant}:{request.path}",
        )
        links = {"next": _link(request, found.next), "previous": _link(request, found.previous)}
        return Response({"results": [shown(row) for row in found.rows]} | links)


def sent[B: BaseModel](request: Request, model: type[B]) -> B:
    """The request's body. Malformed, with a pointer to each fault."""
    return validate_json(model, body_of(request))


def _known(given: dict[str, Any]) -> None:
    wrong = [
        {"pointer": f"?{name}", "code": "unknown_parameter", "detail": "There is no such parameter."}
        for name in sorted(given.keys() - set(PAGING))
    ]
    if wrong:
        raise InvalidParameter(errors=wrong)


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = urlencode(request.query_params.dict() | {"cursor": cursor})
    return request.build_absolute_uri(f"{request.path}?{query}")
