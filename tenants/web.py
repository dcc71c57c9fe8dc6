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

from tenants.models import PUBLIC, Membership, User
from tenants.requests import TenantRequest
from tenants.sessions import begin


class SignIn(forms.Form):
    """E-mail and password of somebody who belongs to the request's host."""

    email = forms.EmailField(max_length=254)
    password = forms.CharField(strip=False, max_length=1024, widget=forms.PasswordInput)

    def __init__(self, *args: Any, request: TenantRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Refuses the unknown, the wrong and the stranger alike: same words, same queries, same hashing."""
        if not self.errors:
            email, password = self.cleaned_data["email"].lower(), self.cleaned_data["password"]
            belongs = _belongs(self.request, email=email)
            user = authenticate(self.request, username=email, password=password)
            if not (belongs and isinstance(user, User)):
                raise forms.ValidationError("That e-mail and password do not go together here.")
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
    if form.is_valid() and form.user:
        begin(request, form.user)
        return redirect(onward)
    tenant = None if request.tenant.code == PUBLIC else request.tenant
    status = 422 if form.is_bound else 200
    return render(request, "sign_in.html", {"form": form, "tenant": tenant, "next": onward}, status=status)


@require_POST
def sign_out(request: TenantRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _belongs(request: TenantRequest, *, email: str) -> bool:
    if request.tenant.code == PUBLIC:
        return User.objects.filter(email=email, is_staff=True).exists()
    return Membership.objects.filter(user__email=email, tenant=request.tenant).exists()


def _onward(request: TenantRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    start = "/admin/" if request.tenant.code == PUBLIC else "/"
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else start
