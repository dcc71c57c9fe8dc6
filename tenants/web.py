"""Signing in and out: members on their tenant's host, staff on the public one."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants import throttle
from tenants.models import PUBLIC, User
from tenants.requests import TenantRequest
from tenants.second import begin_or_ask
from tenants.sessions import belongs


class SignIn(forms.Form):
    """E-mail and password of somebody who belongs to the request's host."""

    email = forms.EmailField(max_length=254)
    password = forms.CharField(strip=False, max_length=1024, widget=forms.PasswordInput)

    def __init__(self, *args: Any, request: TenantRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Refuses the unknown, the wrong and the stranger alike: same words, queries and hashing. TooManyTries."""
        if not self.errors:
            email, password = self.cleaned_data["email"].lower(), self.cleaned_data["password"]
            throttle.count(self.request, email)
            is_known = belongs(email, tenant=self.request.tenant)
            user = authenticate(self.request, username=email, password=password)
            if not (is_known and isinstance(user, User)):
                raise forms.ValidationError("That e-mail and password do not go together here.")
            throttle.forgive(self.request, email)
            self.user = user
        return self.cleaned_data


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: TenantRequest) -> HttpResponse:
    """Ask for e-mail and password; go on to `next` where that is a path of this host."""
    onward = _onward(request)
    if request.principal:
        return redirect(onward)
    form = SignIn(request.POST or None, request=request)
    shown = {"form": form, "tenant": None if request.tenant.code == PUBLIC else request.tenant, "next": onward}
    try:
        if form.is_valid() and form.user:
            return begin_or_ask(request, form.user, onward=onward)
    except throttle.TooManyTries as refused:
        return throttle.told_to_wait(request, "sign_in.html", shown, refused)
    return render(request, "sign_in.html", shown, status=422 if form.is_bound else 200)


@require_POST
def sign_out(request: TenantRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _onward(request: TenantRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    start = "/admin/" if request.tenant.code == PUBLIC else "/"
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else start
