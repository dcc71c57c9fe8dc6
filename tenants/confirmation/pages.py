"""The page that the link leads to. Looking at it changes nothing, for mail scanners follow links: its button does."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from face.kept import note
from tenants.confirmation import claims
from tenants.models import AddressClaim
from tenants.requests import TenantRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: TenantRequest) -> HttpResponse:
    """Confirm an address, by whoever holds its link: signed in or not, and nobody is signed in by it."""
    token = request.POST.get("token") or request.GET.get("token", "")
    claim = claims.open_by(token, tenant=request.tenant)
    if claim is None:
        return render(request, "confirm_over.html", status=410)
    if request.method != "POST":
        return render(request, "confirm.html", {"claim": claim, "token": token})
    try:
        _confirm(request, claim)
    except claims.ClaimOver:
        return render(request, "confirm_over.html", status=410)
    messages.success(request, f"{claim.email} is confirmed")
    return redirect("/" if request.principal else "sign-in")


def _confirm(request: TenantRequest, claim: AddressClaim) -> None:
    """The audit says whose it is, not which: an audit line cannot be erased."""
    with transaction.atomic():
        is_another = claims.confirm(claim)
        whose = {"tenant": request.tenant.code, "by": f"user:{claim.user_id}", "subject": f"user:{claim.user_id}"}
        note(request, action="account.address_confirmed", detail={"changed": is_another}, **whose)
