"""Signing up by a program: whole or not at all, once under its key, and nobody's account is taken over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from face.models import AuditLine, Receipt
from tenants.models import Membership, SignUpTry, Tenant, User
from tenants.tests.browsers import browser, signed_in

PASSWORD = "a long passphrase"
pytestmark = pytest.mark.usefixtures("unlimited")
PATH = "/api/v1/tenants/provision/"

type Ask = Callable[..., Any]


def ask(code: str, /, *, host: str = settings.PUBLIC_HOST, key: str | None = None, **fields: object) -> Any:
    body = {"name": "Umbrella", "code": code, "owner_email": f"owner@{code}.example", "password": PASSWORD} | fields
    headers = {"Host": host} | ({"Idempotency-Key": key} if key else {})
    return Client(headers=headers).post(PATH, body, content_type="application/json")


def test_anonymous_signs_up(code: str) -> None:
    answer = ask(code, owner_name="Olivia", time_zone="Europe/Berlin", plan="pro")
    expected = {"tenant": code, "name": "Umbrella", "url": f"http://{code}.localhost/", "state": "active"}
    assert (answer.status_code, answer.json()) == (201, expected)
    tenant = Tenant.objects.get(code=code)
    member = Membership.objects.get(tenant=tenant)
    assert (tenant.time_zone, member.role, member.user.name) == ("Europe/Berlin", "owner", "Olivia")
    assert signed_in(f"{code}.localhost", f"owner@{code}.example", PASSWORD).get("/todos/").status_code == 200
    line = AuditLine.objects.get(tenant_code=code)
    assert (line.action, line.by, line.detail) == (
        "tenant.provisioned",
        f"user:{member.user_id}",
        {"name": "Umbrella", "plan": "pro"},
    )


def test_another_tenants_host_signs_nobody_up(code: str, acme: Any) -> None:
    assert ask(code, host=acme.host).status_code == 404
    assert not Tenant.objects.filter(code=code).exists()


def test_without_a_code_it_is_made_of_the_name(code: str) -> None:
    name = f"Müller {code}"
    first = ask("", name=name, owner_email=f"a@{code}.example").json()["tenant"]
    second = ask("", name=name, owner_email=f"b@{code}.example").json()["tenant"]
    assert (first, second) == (f"muller-{code}"[:26], f"muller-{code}"[:26] + "-2")


@pytest.mark.parametrize(
    ("fields", "status", "pointer", "refusal"),
    [
        ({"code": "Bad Code"}, 422, "/code", "code_malformed"),
        ({"code": "admin"}, 422, "/code", "code_reserved"),
        ({"code": "adm1n"}, 422, "/code", "code_reserved"),
        ({"code": "pool-7"}, 422, "/code", "code_reserved"),
        ({"code": "acme"}, 422, "/code", "code_taken"),
        ({"code": "ac-me"}, 422, "/code", "code_looks_alike"),
        ({"code": "g1obex"}, 422, "/code", "code_looks_alike"),
        ({"password": "password12"}, 422, "/password", "bad_password"),
        ({"owner_email": "nobody"}, 400, "/owner_email", "malformed"),
        ({"time_zone": "Mars/Olympus"}, 400, "/time_zone", "malformed"),
        ({"name": " "}, 400, "/name", "malformed"),
        ({"role": "staff"}, 400, "/role", "malformed"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(code: str, fields: Any, status: int, pointer: str, refusal: str) -> None:
    answer = ask(code, **fields)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["pointer"]) == (status, refusal, pointer)
    assert answer["Content-Type"] == "application/problem+json"
    assert not User.objects.filter(email=f"owner@{code}.example").exists()


def test_a_repeat_under_its_key_is_answered_as_the_first_time(code: str) -> None:
    first, again = ask(code, key=code), ask(code, key=code)
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert Tenant.objects.filter(code=code).count() == 1
    assert PASSWORD not in str(Receipt.objects.filter(key=code).values().get())


def test_another_order_under_a_key_is_refused(code: str) -> None:
    ask(code, key=code)
    answer = ask(code, key=code, name="Another")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_of_four_at_once_under_a_key_one_makes_it(code: str) -> None:
    def post(_: int) -> Any:
        try:
            return ask(code, key=code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(4)))
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert sum(answer.status_code == 201 for answer in answers) >= 1
    assert ask(code, key=code).status_code == 201
    assert Tenant.objects.filter(code=code).count() == 1


def test_somebody_with_an_account_signs_up_by_their_password_and_keeps_it(code: str) -> None:
    person = User.objects.create_user(f"owner@{code}.example", PASSWORD, name="Olivia")
    assert ask(code, owner_email=person.email.upper(), owner_name="Mallory").status_code == 201
    person.refresh_from_db()
    assert (person.name, person.check_password(PASSWORD), person.memberships.count()) == ("Olivia", True, 1)


def test_an_account_is_not_taken_over(code: str) -> None:
    person = User.objects.create_user(f"owner@{code}.example", PASSWORD)
    answer = ask(code, password="another passphrase")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_together")
    person.refresh_from_db()
    assert (person.check_password(PASSWORD), person.memberships.count()) == (True, 0)
    assert not Tenant.objects.filter(code=code).exists()


def test_somebody_inactive_is_refused_like_a_wrong_password(code: str) -> None:
    User.objects.create_user(f"owner@{code}.example", PASSWORD, is_active=False)
    assert ask(code).json()["code"] == "not_together"


def test_an_address_that_asks_too_often_has_to_wait(code: str, settings: Any) -> None:
    settings.SIGN_UPS = 2
    answers = [ask(code, code="admin") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert answers[2].json()["retryable"]
    SignUpTry.objects.all().delete()
    assert ask(code).status_code == 201


def test_other_methods_are_refused(tenants: Any) -> None:
    assert browser(settings.PUBLIC_HOST).get(PATH).status_code == 405
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
