"""What a subscription that is not in order means for its tenant, said on every page to whoever can mend it."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from billing.domain import Status
from billing.queries import subscriptions

MANAGE = "subscription:manage"

REMEMBERED_FOR = 30
"""Seconds for which pages may say what was so; billing's own say what is."""

OWN = "/billing/"

TOLD = {
    Status.PAST_DUE: "An invoice is past due. The subscription expires unless it is paid.",
    Status.EXPIRED: "The subscription has expired: everything can be read and changed, but nothing new is made.",
    Status.CANCELLED: "The subscription has ended: everything can be read and changed, but nothing new is made.",
}
"""By status; the others need nobody to do anything."""


def banner(request: HttpRequest) -> dict[str, Any]:
    """A context processor: `billing_notice`, for a member who could do something about it."""
    principal = getattr(request, "principal", None)
    is_inside = principal is not None and hasattr(request, "tenant") and principal.tenant != "public"
    if principal is None or not is_inside or request.path.startswith(OWN) or not principal.may(MANAGE):
        return {}
    status = cache.get_or_set("billing.status", _status, REMEMBERED_FOR)
    return {"billing_notice": TOLD.get(Status(status)) if status else None}


def _status() -> str:
    return subscriptions().values_list("status", flat=True).first() or ""
