"""The page of one's own account: name, password, and the way out of the tenant. The address
has tenants/pages/address.py."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from face.kept import note
from face.web import signed_in
from tenants.confirmation.claims import to_come
from tenants.models import User
from tenants.pages.changes import principal_of

SELF = "members:read"
"""What every member may: these pages are about oneself."""


class Name(forms.Form):
    """What others read."""

    name = forms.CharField(max_length=150)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(SELF)
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and the form for one's name."""
    person = cast(User, request.user)
    form = Name(request.POST or None, initial={"name": person.name})
    if form.is_valid():
        person.name = form.cleaned_data["name"]
        person.save(update_fields=["name"])
        messages.success(request, "Saved")
        return redirect("settings-account")
    return _shown(request, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@signed_in(SELF)
def password(request: HttpRequest) -> HttpResponse:
    """Change the password: every other session of this person ends with it."""
    form = PasswordChangeForm(cast(User, request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        principal = principal_of(request)
        actor = principal.actor.id
        note(request, tenant=principal.tenant, by=actor, action="account.password_changed", subject=actor)
        messages.success(request, "Password changed: everywhere else you are signed out")
        return redirect("settings-account")
    return _shown(request, passwords=form)


def shown(person: User, **sent: forms.Form) -> dict[str, Any]:
    """What the page shows: its forms, `form` (the name), `passwords`, `addresses`, as they were sent or anew; and the
    address that is to come."""
    return {
        "form": sent.get("form") or Name(initial={"name": person.name}),
        "passwords": sent.get("passwords") or PasswordChangeForm(person),
        "addresses": sent.get("addresses"),
        "to_come": to_come(person),
        "person": person,
    }


def _shown(request: HttpRequest, **sent: forms.Form) -> HttpResponse:
    is_refused = any(each.is_bound for each in sent.values())
    told = shown(cast(User, request.user), **sent)
    return render(request, "settings/account.html", told, status=422 if is_refused else 200)
