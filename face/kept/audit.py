"""The audit: one line for each change of control data, written in its transaction."""

from collections.abc import Mapping

from django.http import HttpRequest

from cqrs.domain import Json
from face.models import AuditLine


def note(
    request: HttpRequest | None,
    *,
    tenant: str,
    by: str,
    action: str,
    subject: str,
    detail: Mapping[str, Json] | None = None,
    reason: str = "",
    on_behalf_of: str = "",
) -> AuditLine:
    """Write a line: `action` is the subject's kind and a fact, `member.invited`; no secret may stand in `detail`."""
    return AuditLine.objects.create(
        tenant_code=tenant,
        by=by,
        on_behalf_of=on_behalf_of,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        reason=reason,
        request_id=getattr(request, "request_id", ""),
        ip=request.META.get("REMOTE_ADDR", "") if request else "",
    )
