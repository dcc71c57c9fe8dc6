"""The page of one webhook: where it goes, which events, its secret when it is new, and what was posted."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from cqrs.domain import NotFound, Refused
from face.pages import page
from face.refusals import InvalidParameter
from face.web import signed_in
from tenants.pages.changes import make, make_secret, tenant_of
from webhooks import endpoints
from webhooks.models import Delivery, Endpoint
from webhooks.pages.buttons import SPANS
from webhooks.pages.parts import MANAGE, offered, state_of, typed


@require_http_methods(["GET", "HEAD"])
@never_cache
@signed_in(MANAGE)
def webhook(request: HttpRequest, id: str) -> HttpResponse:
    """One, with what was and is to be posted, the newest first; `?state=` leaves out the others."""
    return _shown(request, id)


@require_POST
@signed_in(MANAGE)
def edit(request: HttpRequest, id: str) -> HttpResponse:
    """Another address, other events, other words."""
    try:
        form = typed(request)  # looks up a name, which no transaction should wait for
    except Refused as refused:
        messages.error(request, refused.detail)
        return _shown(request, id, status=422)
    is_saved = make(
        request,
        lambda: endpoints.edited(tenant_of(request), id, form),
        action="webhook.edited",
        said="Saved",
    )
    return redirect("settings-webhook", id) if is_saved else _shown(request, id, status=422)


@require_POST
@never_cache
@signed_in(MANAGE)
def rotate(request: HttpRequest, id: str) -> HttpResponse:
    """Another secret, shown once; for a day messages are signed with both."""
    try:
        made = make_secret(request, lambda: endpoints.rotated(tenant_of(request), id), action="webhook.rotated")
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("settings-webhook", id)
    return _shown(request, id, made=made)


@sensitive_variables("made")
def _shown(request: HttpRequest, id: str, *, made: object = None, status: int = 200) -> HttpResponse:
    endpoint, state = endpoints.found(tenant_of(request), id), request.GET.get("state", "")
    try:
        found = page(
            _deliveries(endpoint, state),
            ordering="-created_at",
            cursor=request.GET.get("cursor"),
            scope=f"{tenant_of(request).code}:{id}:{state}",
        )
    except InvalidParameter:
        return redirect("settings-webhook", id)
    shown = {"webhook": endpoint, "state": state_of(endpoint), "page": found, "states": Delivery.State.values}
    shown |= {"offered": offered(), "spans": list(SPANS), "once": uuid4().hex, "made": made}
    return render(request, "settings/webhook.html", shown | _form(request, endpoint, status), status=status)


def _deliveries(endpoint: Endpoint, state: str) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(endpoint=endpoint)
    return rows.filter(state=state) if state else rows


def _form(request: HttpRequest, endpoint: Endpoint, status: int) -> dict[str, Any]:
    """What the form holds: what stands, or what was refused."""
    if status == 200:
        return {"typed": {"url": endpoint.url, "description": endpoint.description}, "chosen": endpoint.events}
    return {"typed": request.POST, "chosen": request.POST.getlist("events")}
