"""What somebody sends to sign up, and what comes of it. The API, the page and nobody else make tenants this way."""

from dataclasses import dataclass
from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cqrs.domain import Busy, Refused
from cqrs.messages import send_on_commit
from tenants.codes import code_for
from tenants.confirmation.claims import ask
from tenants.models import Tenant, User, known_time_zone
from tenants.provisioning import Wanted, claim, pool


class BadPassword(Refused):
    """This password is too easily guessed."""


class NotTogether(Refused):
    """That e-mail and password do not go together here."""


def _checked(check: Any) -> AfterValidator:
    """Django's check of a value, as pydantic's."""

    def checked(value: str) -> str:
        try:
            check(value)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from None
        return value

    return AfterValidator(checked)


class Order(BaseModel):
    """What is wanted, and by whom. Without a code there will be one made of the name."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=False)

    name: Annotated[str, AfterValidator(str.strip), Field(min_length=1, max_length=200)]
    code: str = Field("", max_length=31)
    owner_email: Annotated[str, Field(max_length=254), _checked(validate_email), AfterValidator(str.lower)]
    owner_name: Annotated[str, AfterValidator(str.strip), Field(max_length=150)] = ""
    password: Annotated[str, Field(max_length=1024, repr=False)]
    time_zone: Annotated[str, _checked(known_time_zone)] = "UTC"
    plan: str = Field("", max_length=64)


@dataclass(frozen=True, slots=True)
class Signed:
    """A tenant that was made; its owner, and whether they are new."""

    tenant: Tenant
    owner: User
    is_new: bool


def person(order: Order, request: HttpRequest) -> User:
    """Whoever orders: somebody new, not saved yet; or somebody who exists and has proved it. BadPassword, NotTogether.

    Nobody's password is ever set here but a new person's. Hashing takes its time: call this in no transaction.
    """
    new = User(email=order.owner_email, name=order.owner_name)
    try:
        validate_password(order.password, new)
    except ValidationError as error:
        raise BadPassword(" ".join(error.messages), pointer="/password") from None
    if not User.objects.filter(email=order.owner_email).exists():
        new.set_password(order.password)
        return new
    found = authenticate(request, username=order.owner_email, password=order.password)
    if not isinstance(found, User):
        raise NotTogether(pointer="/password")
    return found


def sign_up(order: Order, owner: User, request: HttpRequest) -> Signed:
    """Make the tenant, its owner being `person(order)`. What `check_code` refuses; Busy where somebody with the same
    address signs up at the same moment."""
    code = order.code or code_for(order.name)
    wanted = Wanted(code=code, name=order.name, time_zone=order.time_zone, plan=order.plan)
    is_new = owner.pk is None
    try:
        tenant = claim(wanted, owner=owner, request=request)
    except IntegrityError:
        if is_new and User.objects.filter(email=owner.email).exists():
            raise Busy from None
        raise
    if is_new:
        ask(owner, tenant=tenant)
    if pool.is_short(settings.POOL):
        send_on_commit("tenants.fill_pool", expires=15)
    return Signed(tenant, owner, is_new)
