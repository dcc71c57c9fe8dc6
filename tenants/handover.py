"""From one host to another without signing in again: a link that is good once, for one person, for half a minute.

A session is bound to its host, so whoever is signed in on one host and belongs to another tenant is handed over:

    return over(request, hand_over(request, user, to=tenant))
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.models import HandOver, Tenant, User
from tenants.requests import TenantRequest
from tenants.second import begin_or_ask
from tenants.sessions import begin, principal_of
from tenants.tokens import digest_of, new_token

LASTS = timedelta(seconds=30)
READING = timedelta(minutes=2)
"""Until when a link is good of which somebody is asked whether it is theirs."""

OURS = ("same-site", "same-origin")
"""What browsers say in Sec-Fetch-Site where another page of our own domain led here."""

IN_SESSION = "in-session-"
"""What the token of somebody begins with who comes from a session: part of what is hashed, so nobody adds it, and
too long to come about by chance."""


def hand_over(request: HttpRequest, user: User, *, to: Tenant, onward: str = "/", in_session: bool = False) -> str:
    """The address on `to`'s host that signs `user` in there and goes on to the path `onward`. Good once, for 30 s, and
    only if they belong there when it is used. The caller has made sure of who they are: by a session, `in_session`,
    which has seen their second factor; else that is asked for there."""
    token, digest = new_token(IN_SESSION if in_session else "")
    HandOver.objects.create(digest=digest, user=user, tenant=to, expires_at=timezone.now() + LASTS)
    enter = reverse("enter", urlconf=settings.ROOT_URLCONF)
    return f"{address_of(request, to)}{enter}?{urlencode({'token': token, 'next': onward})}"


def address_of(request: HttpRequest, tenant: Tenant) -> str:
    """A tenant's own address, reached as this request was: `https://acme.example`, `http://acme.localhost:8000`."""
    return reached(request, tenant.get_primary_domain().domain)


def reached(request: HttpRequest, host: str) -> str:
    """The address of a host of ours, by the scheme and port of this request."""
    _, colon, port = request.get_host().rpartition(":")
    shown = f":{port}" if colon and port.isdigit() else ""
    return f"{request.scheme}://{host}{shown}"


def forget_unused() -> int:
    """Delete hand-overs that nobody used in time. Returns how many."""
    deleted, _ = HandOver.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def over(request: HttpRequest, address: str) -> HttpResponse:
    """A page that goes on to an address of another host by itself. The answer to a form cannot be a redirect there:
    browsers hold it against the Content-Security-Policy's `form-action`."""
    return render(request, "onward.html", {"address": address})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: TenantRequest) -> HttpResponse:
    """Sign in whom the link hands over; whoever comes too late, or again, is asked to sign in. A link that somebody
    else may have sent them asks first: it could make them work under another's name."""
    given = request.POST or request.GET
    token, onward = given.get("token", ""), given.get("next", "")
    onward = onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "/"
    if request.method != "POST" and (other := _asked(request, token)):
        return render(request, "enter.html", {"person": other, "token": token, "next": onward})
    user = _taken(token, tenant=request.tenant)
    if user and user.is_active and principal_of(user, tenant=request.tenant):
        if not token.startswith(IN_SESSION):
            return begin_or_ask(request, user, onward=onward)
        begin(request, user)
        return redirect(onward)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': onward})}")


def _asked(request: TenantRequest, token: str) -> User | None:
    """Whom to ask whether they are, where that is not sure: where somebody else is signed in, or where a page of
    another site, a mail or a bookmark led here. They get time to read. A tenant that was made a moment ago asks nobody
    who comes from its sign-up: nobody has anything there yet."""
    is_in = request.principal is not None
    is_from_us = request.headers.get("Sec-Fetch-Site", OURS[0]) in OURS  # a browser that old says nothing
    if not is_in and (is_from_us or not token.startswith(IN_SESSION)):
        return None
    links = _good(token, tenant=request.tenant)
    link = links.select_related("user").exclude(user=request.user.pk).first()
    links.update(expires_at=timezone.now() + READING)
    return link.user if link else None


def _good(token: str, *, tenant: Tenant) -> QuerySet[HandOver]:
    return HandOver.objects.filter(digest=digest_of(token), tenant=tenant, expires_at__gt=timezone.now())


def _taken(token: str, *, tenant: Tenant) -> User | None:
    """Who is handed over, once: of two at the same link, the second waits for the first and finds nothing."""
    with transaction.atomic():
        found = _good(token, tenant=tenant).select_for_update(of=("self",)).select_related("user").first()
        if found:
            found.delete()
    return found.user if found else None
