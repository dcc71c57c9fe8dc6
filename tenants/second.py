"""The pages of the second factor: asking for it at sign-in, turning it on and off. On every host, the staff's too."""

import time
from typing import Any, cast

from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from face.kept import note
from face.web import signed_in
from tenants import second_factor, throttle
from tenants.models import User
from tenants.requests import TenantRequest
from tenants.sessions import begin, belongs

PENDING = "pending"
"""The session's entry for who has proved the first factor only."""

LASTS = 10 * 60
"""Seconds from the password to the code."""


def begin_or_ask(request: TenantRequest, user: User, *, onward: str) -> HttpResponse:
    """Sign in and go on, or first ask for the second factor where there is one. The caller has seen the first."""
    if not second_factor.is_asked(user):
        begin(request, user)
        return redirect(onward)
    request.session.flush()
    until = int(time.time()) + LASTS
    request.session[PENDING] = {
        "user": user.pk, "hash": user.get_session_auth_hash(), "until": until, "next": onward,
        "tenant": request.tenant.code,
    }  # fmt: skip
    return redirect("second-factor")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: TenantRequest) -> HttpResponse:
    """Ask whoever has given their password for a code; 429 for whoever guesses."""
    pending = request.session.get(PENDING) or {}
    user = _pending(request, pending)
    if user is None:
        return redirect("sign-in")
    if request.method != "POST":
        return render(request, "second_factor.html", {})
    try:
        throttle.count(request, f"code {user.pk}")
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "second_factor.html", {}, refused)
    if not second_factor.is_right(user, request.POST.get("code", "")[:32]):
        return render(request, "second_factor.html", {"error": "This code is not good, or was used."}, status=422)
    throttle.forgive(request, f"code {user.pk}")
    begin(request, user)
    return redirect(str(pending["next"]))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("members:read")
def setting(request: HttpRequest) -> HttpResponse:
    """One's own second factor: turn it on, with a code of the app, or off, or renew the recovery codes; each with the
    password."""
    person = cast(User, request.user)
    if request.method != "POST":
        return _shown(request)
    try:
        throttle.count(request, person.email)
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "second_factor_setting.html", _told(request), refused)
    if authenticate(request, username=person.email, password=request.POST.get("password", "")) != person:
        return _shown(request, errors={"password": "This is not your password."})
    throttle.forgive(request, person.email)
    if second_factor.is_asked(person):
        return _changed(request, person)
    codes = second_factor.turn_on(person, secret=_secret(request), code=request.POST.get("code", "")[:32])
    if codes is None:
        return _shown(request, errors={"code": "This code is not good. Is the clock of your phone right?"})
    _note(request, "on")
    return render(request, "second_factor_codes.html", {"codes": codes})


def _changed(request: HttpRequest, person: User) -> HttpResponse:
    """What becomes of one that is on: other recovery codes, or nothing is asked any more."""
    if "renew" in request.POST:
        codes = second_factor.renew_recovery_codes(person)
        _note(request, "codes_renewed")
        return render(request, "second_factor_codes.html", {"codes": codes, "is_renewed": True})
    second_factor.turn_off(person)
    _note(request, "off")
    return redirect("second-factor-setting")


def _pending(request: TenantRequest, pending: dict[str, Any]) -> User | None:
    """Who has given their password here, a moment ago, and may still come in by it."""
    if pending.get("tenant") != request.tenant.code or pending.get("until", 0) < time.time():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    is_same = user is not None and user.get_session_auth_hash() == pending["hash"]
    return user if user and is_same and belongs(user.email, tenant=request.tenant) else None


def _shown(request: HttpRequest, *, errors: dict[str, str] | None = None) -> HttpResponse:
    shown = _told(request) | {"errors": errors or {}}
    return render(request, "second_factor_setting.html", shown, status=422 if errors else 200)


def _told(request: HttpRequest) -> dict[str, Any]:
    person = cast(User, request.user)
    if second_factor.is_asked(person):
        return {"is_on": True, "left": second_factor.recovery_codes_left(person)}
    secret = _secret(request) or second_factor.new_secret()
    signed = signing.dumps(secret, salt=_salt(person))
    return {"is_on": False, "secret": secret, "signed": signed, "picture": second_factor.picture(person, secret)}


def _secret(request: HttpRequest) -> str:
    """The secret that the form was shown with, for this person; empty where there is none, or an old one."""
    try:
        salt = _salt(cast(User, request.user))
        return str(signing.loads(request.POST.get("secret", ""), salt=salt, max_age=LASTS))
    except signing.BadSignature:
        return ""


def _salt(person: User) -> str:
    return f"second factor of {person.pk}"


def _note(request: HttpRequest, state: str) -> None:
    principal = cast(TenantRequest, request).principal
    assert principal is not None
    by = principal.actor.id
    note(request, tenant=principal.tenant, by=by, action=f"account.second_factor_{state}", subject=by)
