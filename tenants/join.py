"""Accepting an invitation: a new person says their name and a password, somebody known signs in with theirs."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cqrs.domain import Refused
from face.kept import note
from tenants import invitations, throttle
from tenants.confirmation.claims import proved
from tenants.models import Invitation, User
from tenants.requests import TenantRequest
from tenants.second import begin_or_ask


class Known(forms.Form):
    """Somebody who has an account: their own password."""

    password = forms.CharField(strip=False, max_length=1024)

    def __init__(self, *args: Any, request: TenantRequest, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.email = request, email
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Refuses a password that is not theirs. TooManyTries."""
        if not self.errors:
            throttle.count(self.request, self.email)
            found = authenticate(self.request, username=self.email, password=self.cleaned_data["password"])
            if not isinstance(found, User):
                raise forms.ValidationError("This is not the password of that account.")
            throttle.forgive(self.request, self.email)
            self.user = found
        return self.cleaned_data

    def person(self) -> User:
        """Who they are."""
        assert self.user is not None
        return self.user


class New(forms.Form):
    """Somebody who has none yet: their name, and a password."""

    name = forms.CharField(max_length=150)
    password = forms.CharField(strip=False, max_length=1024)

    def __init__(self, *args: Any, request: TenantRequest, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean_password(self) -> str:
        """Refuses a weak one."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    def person(self) -> User:
        """Their account, made unless somebody made it without a password."""
        user = User.objects.select_for_update().filter(email=self.email).first() or User(email=self.email)
        user.name = self.cleaned_data["name"]
        user.set_password(self.cleaned_data["password"])
        user.save()
        return user


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: TenantRequest) -> HttpResponse:
    """The page that an invitation's link leads to. A link that is void says so, whatever made it void."""
    token = request.POST.get("token") or request.GET.get("token", "")
    invitation = invitations.open_by(token, tenant=request.tenant)
    if invitation is None:
        return render(request, "join_over.html", status=410)
    form = _form(request, invitation)
    shown = {"form": form, "invitation": invitation, "token": token, "is_new": isinstance(form, New)}
    try:
        is_good = form.is_valid()
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "join.html", shown, refused)
    if is_good:
        try:
            user = _accept(request, invitation, form)
        except Refused:
            return render(request, "join_over.html", status=410)
        return begin_or_ask(request, user, onward="/")
    return render(request, "join.html", shown, status=422 if form.is_bound else 200)


def _form(request: TenantRequest, invitation: Invitation) -> Known | New:
    user = User.objects.filter(email=invitation.email).first()
    kind = Known if user and user.has_usable_password() else New
    return kind(request.POST or None, request=request, email=invitation.email)


def _accept(request: TenantRequest, invitation: Invitation, form: Known | New) -> User:
    with transaction.atomic():
        invitations.held(request.tenant, invitation.id)  # before anybody is made: of two at once, one is
        user = form.person()
        made = invitations.accept(request.tenant, invitation.id, user=user)
        proved(user)
        told = {"tenant": request.tenant.code, "by": f"user:{user.pk}"}
        note(request, action="invitation.accepted", subject=made.subject, detail=made.detail, **told)
    return user
