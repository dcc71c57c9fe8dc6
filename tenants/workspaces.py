"""The tenants that somebody belongs to, and going from one to another."""

from typing import cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from face.web import signed_in
from tenants.handover import hand_over
from tenants.models import Membership, Tenant, User
from tenants.requests import TenantRequest

SHOWN_MOST = 20
"""So many others every page names; whoever belongs to more finds all of them on a page of their own."""


def others(person: int | str, *, but: Tenant) -> QuerySet[Membership, tuple[str, str]]:
    """Code and name of the other tenants that somebody belongs to, by name; `person` is the number of a user."""
    theirs = Membership.objects.filter(user_id=person).exclude(tenant=but)
    return theirs.order_by("tenant__name", "tenant__code").values_list("tenant__code", "tenant__name")


@signed_in("dashboard:read")
def listed(request: HttpRequest) -> HttpResponse:
    """All of them."""
    here, person = cast(TenantRequest, request), cast(User, request.user)
    return render(request, "workspaces.html", {"others": list(others(person.pk, but=here.tenant))})


@never_cache
@require_GET
def switch(request: TenantRequest, code: str) -> HttpResponse:
    """Take whoever is signed in here to another tenant of theirs. Http404 for one they do not belong to."""
    if request.principal is None:
        return redirect("sign-in")
    person = cast(User, request.user)
    membership = Membership.objects.select_related("tenant").filter(user=person, tenant__code=code).first()
    if membership is None:
        raise Http404
    return redirect(hand_over(request, person, to=membership.tenant, in_session=True))


urlpatterns: list[URLPattern] = [
    path("", listed, name="workspaces"),
    path("<slug:code>/", switch, name="switch"),
]
