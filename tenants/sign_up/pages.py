"""The page that signs up: a form, the live look whether an address is free, and the steps that were taken."""

import uuid

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods
from pydantic import ValidationError

from cqrs.answers import Once
from cqrs.domain import Refused
from face.forms import refused_at, status_of
from face.json_documents import faults
from face.refusals import Malformed
from tenants.clients import network_of
from tenants.codes import check_code, code_for
from tenants.handover import hand_over, reached
from tenants.models import Tenant, User
from tenants.provisioning import host_for
from tenants.sign_up.api import digest, provided
from tenants.sign_up.limits import TooManySignUps, count_try
from tenants.sign_up.orders import Order, person

FIELDS = ("name", "code", "owner_name", "owner_email", "password")

SAID = {
    "name": "What is it called? At most 200 characters.",
    "owner_email": "An e-mail address, please: ada@acme.example.",
    "owner_name": "At most 150 characters, please.",
    "password": "Which password will you sign in with?",
}
"""What a form says where a field is not of the form it takes."""


@sensitive_post_parameters("password")
@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """The form; sent, the new workspace and the way in."""
    if request.method != "POST":
        return _form(request, QueryDict(), {})
    try:
        count_try(network_of(request))
        order = _ordered(request.POST)
        owner = person(order, request)
        is_new = owner.pk is None
        made = provided(order, owner, request, once=_once(request.POST, order))
    except TooManySignUps as error:
        told = f"That was often. Please try again in {1 + error.wait // 60} minutes."
        answer = _form(request, request.POST, {"general": told}, status=429)
        answer["Retry-After"] = str(error.wait)
        return answer
    except Refused as refused:
        return _form(request, request.POST, refused_at(refused), status=status_of(refused))
    return _done(request, Tenant.objects.get(code=made.answer["tenant"]), owner=owner, is_new=is_new)


@require_GET
def code_page(request: HttpRequest) -> HttpResponse:
    """The field of the address, with what it would be for this name, and whether it can be had."""
    code, name = request.GET.get("code", "").strip().lower()[:31], request.GET.get("name", "").strip()[:200]
    context = {"typed": {"code": code}, "suffix": host_for("")}
    try:
        context["free"] = host_for(check_code(code) if code else code_for(name))
    except Refused as refused:
        context["errors"] = {"code": refused.detail} if code else {}
    return render(request, "sign_up.html#code", context)


def _form(request: HttpRequest, typed: QueryDict, errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    context = {"typed": typed, "errors": errors, "suffix": host_for(""), "key": typed.get("key") or uuid.uuid4().hex}
    return render(request, "sign_up.html", context, status=status)


def _done(request: HttpRequest, tenant: Tenant, *, owner: User, is_new: bool) -> HttpResponse:
    """Somebody new is signed in there. Whoever had an account signs in there as always, with all that it takes."""
    host = host_for(tenant.code)
    onward = hand_over(request, owner, to=tenant) if is_new else f"{reached(request, host)}/sign-in/"
    context = {"tenant": tenant, "host": host, "onward": onward, "is_new": is_new}
    return render(request, "signed_up.html", context)


def _ordered(form: QueryDict) -> Order:
    given = {name: form.get(name, "") for name in FIELDS}
    try:
        return Order.model_validate(given | {"code": given["code"].strip().lower()})
    except ValidationError as error:
        found = [{**each, "detail": SAID.get(each["pointer"][1:], each["detail"])} for each in faults(error)]
        raise Malformed(found) from None


def _once(form: QueryDict, order: Order) -> Once | None:
    """The form's own key: sent twice, it makes one tenant."""
    try:
        return Once(uuid.UUID(form.get("key", "")).hex, digest(order), 201)
    except ValueError:
        return None
