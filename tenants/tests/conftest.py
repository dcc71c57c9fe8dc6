"""A tenant whose people come and go: hooli, which other folders do not know."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django.plugin import DjangoDbBlocker

from conftest import PASSWORD, TestTenant, make_tenant
from tenants.models import Membership, SignUpTry, Tenant, User

type Joined = Callable[[str], User]
"""Makes somebody of hooli, in a role; every test of them signs in with the same password."""


@pytest.fixture(scope="session")
def hooli(tenants: dict[str, TestTenant], django_db_blocker: DjangoDbBlocker) -> TestTenant:
    with django_db_blocker.unblock():
        return make_tenant("hooli")


@pytest.fixture
def joined(hooli: TestTenant) -> Iterator[Joined]:
    made: list[int] = []

    def join(role: str) -> User:
        email, name = f"{uuid4().hex[:8]}@hooli.example", f"{role.title()} Person"
        user = User.objects.create(email=email, name=name, password=_hashed())
        Membership.objects.create(user=user, tenant=Tenant.objects.get(code=hooli.code), role=role)
        made.append(user.pk)
        return user

    yield join
    Membership.objects.filter(user__in=made).delete()


@pytest.fixture
def unlimited(tenants: object) -> Iterator[None]:
    """Nobody has tried to sign up yet, from anywhere."""
    SignUpTry.objects.all().delete()
    yield
    SignUpTry.objects.all().delete()


@pytest.fixture
def code() -> str:
    """One that no tenant has."""
    return f"s{uuid4().hex[:20]}"


def say(client: Any, method: str, path: str, body: object = None, **headers: str) -> Any:
    """What a browser's script asks of the API, in the session it has."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    data = b"" if body is None else json.dumps(body).encode()
    return client.generic(method, f"/api/v1/{path}", data, "application/json", headers=sent)


@cache
def _hashed() -> str:
    """Their password's hash, made once: it is slow, as it should be."""
    return make_password(PASSWORD)
