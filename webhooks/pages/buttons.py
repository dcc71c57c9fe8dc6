"""The buttons of one webhook. Each makes its change with an audit line, and goes back to the page, which says so."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from face.kept import Made
from face.web import signed_in
from tenants.pages.changes import pressed, tenant_of
from webhooks import endpoints
from webhooks.events import position_before, tested
from webhooks.pages.parts import MANAGE

SPANS: Mapping[str, timedelta | None] = {
    "The last hour": timedelta(hours=1),
    "The last day": timedelta(days=1),
    "The last week": timedelta(days=7),
    "Everything": None,
}
"""What can be posted again: what happened since then."""


@require_POST
@signed_in(MANAGE)
def switch(request: HttpRequest, id: str) -> HttpResponse:
    """On, or off."""
    is_on = request.POST.get("on") == "yes"
    said = "On again, from now on; what it missed can be replayed" if is_on else "Paused: nothing is posted"
    return _pressed(
        request, id, lambda: endpoints.edited(tenant_of(request), id, {"is_active": is_on}), fact="edited", said=said
    )


@require_POST
@signed_in(MANAGE)
def test(request: HttpRequest, id: str) -> HttpResponse:
    """Post a test event."""
    return _pressed(
        request,
        id,
        lambda: tested(tenant_of(request), id),
        fact="tested",
        said="A test is on its way: look again in a moment",
    )


@require_POST
@signed_in(MANAGE)
def replay(request: HttpRequest, id: str) -> HttpResponse:
    """Post again what happened within a time."""
    span = SPANS.get(request.POST.get("span", ""), timedelta())
    after = 0 if span is None else position_before(timezone.now() - span)
    return _pressed(
        request,
        id,
        lambda: endpoints.replayed(tenant_of(request), id, after=after),
        fact="replayed",
        said="It is all posted again, in order",
    )


@require_POST
@signed_in(MANAGE)
def resend(request: HttpRequest, id: str, delivery: int) -> HttpResponse:
    """Post one again."""
    return _pressed(
        request,
        id,
        lambda: endpoints.resent(tenant_of(request), id, delivery),
        fact="resent",
        said="On its way again",
    )


@require_POST
@signed_in(MANAGE)
def remove(request: HttpRequest, id: str) -> HttpResponse:
    """No more."""
    return pressed(
        request,
        lambda: endpoints.removed(tenant_of(request), id),
        action="webhook.removed",
        said="Removed: nothing is posted to it any more",
        back="settings-webhooks",
    )


def _pressed(request: HttpRequest, id: str, change: Callable[[], Made], *, fact: str, said: str) -> HttpResponse:
    back = resolve_url("settings-webhook", id)
    return pressed(request, change, action=f"webhook.{fact}", said=said, back=back)
