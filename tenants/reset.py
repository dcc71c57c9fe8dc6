"""A forgotten password: a mail with a link that sets another one. Nobody learns from it who has an account."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cqrs.messages import send_on_commit
from face.kept import note
from tenants import throttle
from tenants.confirmation.claims import proved
from tenants.models import ResetRequest, User
from tenants.requests import TenantRequest
from tenants.sessions import belongs

REQUEST_TTL = timedelta(hours=1)
"""How long the mail is tried to be sent; the link in it is good for another hour."""

FIELDS = ("tenant", "expires_at", "tried_at", "sent_at")


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
        _request_mail(email, request)
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


def forget_requests() -> int:
    """Delete what was asked for long ago. Returns how many."""
    deleted, _ = ResetRequest.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def _request_mail(email: str, request: TenantRequest) -> None:
    """A row, which is found by the clock where no worker hears of it."""
    user = User.objects.get(email=email)
    asked = ResetRequest(user=user, tenant=request.tenant, expires_at=timezone.now() + REQUEST_TTL)
    ResetRequest.objects.bulk_create([asked], update_conflicts=True, unique_fields=["user"], update_fields=FIELDS)
    send_on_commit("tenants.send_reset", expires=60, user=user.pk)


def _person(who: str) -> User | None:
    try:
        number = int(urlsafe_base64_decode(who).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=number, is_active=True).first() if 0 < number < 2**63 else None
