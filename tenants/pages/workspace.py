"""The page of the workspace itself: its name, its time zone, the domains that lead to it."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cqrs.domain import NotFound, Refused
from face.kept import Made
from face.web import signed_in
from tenants import domains
from tenants.lifecycle import changed
from tenants.models import Tenant
from tenants.pages.changes import make, pressed, tenant_of
from tenants.provisioning import host_for

MANAGE = "domains:manage"
PAGE = "settings-workspace"
ZONES = sorted(available_timezones())


class BadName(Refused):
    """A workspace has a name of at most 200 characters."""


class BadZone(Refused):
    """There is no such time zone."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("settings:manage")
def workspace(request: HttpRequest) -> HttpResponse:
    """What it is called and where, and the form that changes that."""
    if request.method == "POST":
        return pressed(request, lambda: _set(request), action="tenant.set", said="Saved", back=PAGE)
    tenant = Tenant.objects.get(pk=tenant_of(request).pk)
    own = host_for(tenant.code)
    return render(
        request,
        "settings/workspace.html",
        {"tenant": tenant, "zones": ZONES, "domains": domains.all_of(tenant), "own": own},
    )


@require_POST
@signed_in(MANAGE)
def name_domain(request: HttpRequest) -> HttpResponse:
    """Name a domain; the page shows the record that proves it."""
    name = request.POST.get("domain", "").strip().lower()
    said = "Now set the record that is shown beside it, then verify"
    return pressed(
        request, lambda: domains.asked(tenant_of(request), name), action="domain.named", said=said, back=PAGE
    )


@require_POST
@signed_in(MANAGE)
def verify_domain(request: HttpRequest, name: str) -> HttpResponse:
    """Look whether its DNS says so."""

    try:
        domains.record_stands(tenant_of(request), name)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        said = f"{name} leads here now"
        make(request, lambda: domains.proved(tenant_of(request), name), action="domain.verified", said=said)
    return redirect(PAGE)


@require_POST
@signed_in(MANAGE)
def make_domain_primary(request: HttpRequest, name: str) -> HttpResponse:
    """Links lead to this one."""
    told = {"action": "domain.made_primary", "said": f"{name} is primary", "back": PAGE}
    return pressed(request, lambda: domains.made_primary(tenant_of(request), name), **told)


@require_POST
@signed_in(MANAGE)
def remove_domain(request: HttpRequest, name: str) -> HttpResponse:
    """It leads nowhere any more."""
    told = {"action": "domain.removed", "said": f"{name} is removed", "back": PAGE}
    return pressed(request, lambda: domains.removed(tenant_of(request), name), **told)


def _set(request: HttpRequest) -> Made:
    name, zone = request.POST.get("name", "").strip(), request.POST.get("time_zone", "")
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise BadName
    if zone not in ZONES:
        raise BadZone
    tenant, detail = changed(tenant_of(request), {"name": name, "time_zone": zone})
    return Made(None, subject=tenant.code, detail=detail, changed=bool(detail))
