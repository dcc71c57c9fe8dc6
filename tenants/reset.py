"""A forgotten password: a mail with a link that sets another one. Nobody learns from it who has an account."""

import threading

import structlog
from celery import current_app
from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from face.kept import note
from tenants import throttle
from tenants.confirmation.claims import proved
from tenants.models import User
from tenants.requests import TenantRequest
from tenants.sessions import belongs

_log = structlog.get_logger(__name__)


class Forgot(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(max_length=254)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: TenantRequest) -> HttpResponse:
    """Ask for the address. The answer is the same whether or not a mail goes out, and waits for none."""
    form = Forgot(request.POST or None)
    if not form.is_valid():
        return render(request, "forgot.html", {"form": form}, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"].lower()
    try:
        throttle.count(request, f"reset {email}")
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "forgot.html", {"form": form}, refused)
    if belongs(email, tenant=request.tenant):
        told = [email_id(email), request.tenant.code]
        threading.Thread(target=_tell, args=told, name="reset", daemon=True).start()
    return render(request, "forgot_sent.html", {"email": email})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: TenantRequest) -> HttpResponse:
    """Set another password, by the link of the mail: it ends with that, or with the next sign-in, or within an hour.
    Every session of the person ends."""
    given = request.POST or request.GET
    who, token = given.get("who", ""), given.get("token", "")
    user = _person(who)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "reset_over.html", status=410)
    form = SetPasswordForm(user, request.POST or None)
    if form.is_valid():
        proved(form.save())
        actor = f"user:{user.pk}"
        note(request, tenant=request.tenant.code, by=actor, action="account.password_reset", subject=actor)
        messages.success(request, "Password set: sign in with it")
        return redirect("sign-in")
    shown = {"form": form, "who": who, "token": token}
    return render(request, "reset.html", shown, status=422 if form.is_bound else 200)


def email_id(email: str) -> int:
    """The id of whoever has this address: what a message through the broker may say. User.DoesNotExist."""
    return int(User.objects.values_list("pk", flat=True).get(email=email))


def _tell(user: int, tenant: str) -> None:
    """Fire and forget: who gets no mail asks again."""
    try:
        current_app.send_task("tenants.send_reset", args=[user, tenant], expires=600, retry=False)
    except (OSError, OperationalError) as error:
        _log.warning("nobody told of a forgotten password", error=str(error))


def _person(who: str) -> User | None:
    try:
        number = int(urlsafe_base64_decode(who).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=number, is_active=True).first() if 0 < number < 2**63 else None
