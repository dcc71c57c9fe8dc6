"""One's own address, as the account page changes it and asks for its link again. Both count as tries, for each is a
mail to somebody."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cqrs.domain import Refused
from face.kept import note
from face.web import signed_in
from tenants import throttle
from tenants.confirmation import claims
from tenants.models import User
from tenants.pages.account import SELF, shown
from tenants.pages.changes import principal_of, tenant_of


class Address(forms.Form):
    """The address that is to come, and that it is its person who asks."""

    email = forms.EmailField(max_length=254)
    password = forms.CharField(strip=False, max_length=1024)


@require_POST
@sensitive_post_parameters("password")
@signed_in(SELF)
def change(request: HttpRequest) -> HttpResponse:
    """Ask for another address: a link goes to it, and theirs stays until it is followed."""
    form, person = Address(request.POST), cast(User, request.user)
    try:
        if form.is_valid() and _is_their_own(request, form):
            _ask(request, form.cleaned_data["email"])
            messages.success(request, f"A link is on its way to {form.cleaned_data['email']}")
            return redirect("settings-account")
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "settings/account.html", shown(person, addresses=form), refused)
    except Refused as refused:
        form.add_error("email", refused.detail)
    return render(request, "settings/account.html", shown(person, addresses=form), status=422)


@require_POST
@signed_in(SELF)
def resend(request: HttpRequest) -> HttpResponse:
    """Send the link again, then show the page they come from."""
    person = cast(User, request.user)
    try:
        throttle.count(request, f"confirm {person.pk}")
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "settings/account.html", shown(person), refused)
    with transaction.atomic():
        is_sent = claims.ask_again(person, tenant=tenant_of(request))
    messages.success(request, "Sent again: the older link is void" if is_sent else "Your address is confirmed")
    onward = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return redirect(onward if is_here else "settings-account")


@require_POST
@signed_in(SELF)
def take_back(request: HttpRequest) -> HttpResponse:
    """Keep the address one has."""
    claims.take_back(cast(User, request.user))
    messages.success(request, "Your address stays as it is")
    return redirect("settings-account")


def _is_their_own(request: HttpRequest, form: Address) -> bool:
    """Whether the password is theirs. TooManyTries."""
    person = cast(User, request.user)
    throttle.count(request, person.email)
    if authenticate(request, username=person.email, password=form.cleaned_data["password"]) != person:
        form.add_error("password", "This is not your password.")
        return False
    throttle.forgive(request, person.email)
    throttle.count(request, f"confirm {person.pk}")
    return True


def _ask(request: HttpRequest, email: str) -> None:
    """Ask, and say on the audit that they did; not for which, for an audit line cannot be erased."""
    principal = principal_of(request)
    actor = principal.actor.id
    with transaction.atomic():
        claims.change(cast(User, request.user), tenant=tenant_of(request), email=email)
        note(request, tenant=principal.tenant, by=actor, action="account.address_asked", subject=actor)
