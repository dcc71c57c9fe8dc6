"""What a tenant sees of it: a banner while somebody is in, and a page that lists all there were."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from face.web import signed_in
from tenants.models import SupportAccess
from tenants.requests import TenantRequest
from tenants.support import close, standing

SHOWN_MOST = 100

OWN = "support:own"
"""What only owners may: end an access."""


def banner(request: HttpRequest) -> dict[str, object]:
    """A context processor: the accesses that are open, where a member or staff is on a tenant's page."""
    principal = getattr(request, "principal", None)
    is_inside = principal is not None and hasattr(request, "tenant") and principal.tenant != "public"
    return {"support": standing(cast(TenantRequest, request).tenant)} if is_inside else {}


@signed_in("settings:read")
def listed(request: HttpRequest) -> HttpResponse:
    """Who of staff was in here, when, as what and why; an owner can end what is open."""
    here = cast(TenantRequest, request)
    past = SupportAccess.objects.filter(tenant=here.tenant).select_related("staff")[:SHOWN_MOST]
    opened = set(standing(here.tenant).values_list("pk", flat=True))
    may_end = here.principal is not None and here.principal.may(OWN)
    return render(request, "support.html", {"accesses": past, "opened": opened, "may_end": may_end})


@require_POST
@signed_in(OWN)
def end(request: HttpRequest, id: str) -> HttpResponse:
    """End one at once."""
    here = cast(TenantRequest, request)
    access = SupportAccess.objects.filter(tenant=here.tenant, pk=id).first()
    if access is None or here.principal is None:
        raise Http404
    if close(access, by=here.principal.actor.id, request=request):
        messages.success(request, "The access has ended.")
    return redirect("support")


urlpatterns: list[URLPattern] = [
    path("", listed, name="support"),
    path("<str:id>/end/", end, name="support-end"),
]
