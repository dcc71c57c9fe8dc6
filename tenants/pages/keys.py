"""The page of a tenant's API keys: made (shown once), rotated, revoked."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from cqrs.domain import NotFound, Refused
from face.forms import refused_at, status_of
from face.kept import Made
from face.web import signed_in
from tenants import keyring, scopes
from tenants.keys import OVERLAP
from tenants.models import ApiKey
from tenants.pages.changes import make_secret, pressed, principal_of, tenant_of

MANAGE = "api-keys:manage"
ENDS = {"": "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year"}
SHOWN_MOST = 100


class NoName(Refused):
    """A key needs a name of at most 100 characters."""


class NoScope(Refused):
    """Choose what the key may do."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in(MANAGE)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys, and the form that makes one; its text is in the answer to that form and nowhere else."""
    if request.method != "POST":
        return _shown(request)
    try:
        return _shown(request, made=make_secret(request, lambda: _made(request), action="api_key.created"))
    except Refused as refused:
        return _shown(request, refused=refused)


@require_POST
@never_cache
@signed_in(MANAGE)
def rotate(request: HttpRequest, prefix: str) -> HttpResponse:
    """A key in the place of another, which stays good for a day."""

    def change() -> Made:
        return keyring.rotated(principal_of(request), tenant_of(request), prefix, overlap=OVERLAP)

    try:
        return _shown(request, made=make_secret(request, change, action="api_key.rotated"))
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("settings-keys")


@require_POST
@signed_in(MANAGE)
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a key at once."""
    return pressed(
        request,
        lambda: keyring.revoked(tenant_of(request), prefix),
        action="api_key.revoked",
        said="Revoked: the key is good for nothing any more",
        back="settings-keys",
    )


def _made(request: HttpRequest) -> Made:
    name, wanted = request.POST.get("name", "").strip(), request.POST.getlist("scopes")
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise NoName(pointer="/name")
    if not wanted:
        raise NoScope(pointer="/scopes")
    return keyring.made(principal_of(request), tenant_of(request), name=name, wanted=wanted, expires_at=_end(request))


def _end(request: HttpRequest) -> datetime | None:
    days = request.POST.get("ends", "")
    return timezone.now() + timedelta(days=int(days)) if days and days in ENDS else None


@sensitive_variables("made")
def _shown(request: HttpRequest, *, made: object = None, refused: Refused | None = None) -> HttpResponse:
    now = timezone.now()
    rows = ApiKey.objects.filter(tenant=tenant_of(request)).select_related("replaced_by")
    is_good = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    shown = {
        "keys": rows.filter(is_good).order_by("-created_at")[:SHOWN_MOST],
        "over": [(key, key.state(now)) for key in rows.exclude(is_good).order_by("-created_at")[:SHOWN_MOST]],
        "scopes": scopes.offered(),
        "ends": list(ENDS.items()),
        "once": uuid4().hex,
        "made": made,
        "typed": request.POST if refused else {},
        "chosen": request.POST.getlist("scopes") if refused else [],
        "errors": refused_at(refused) if refused else {},
    }
    return render(request, "settings/keys.html", shown, status=status_of(refused))
