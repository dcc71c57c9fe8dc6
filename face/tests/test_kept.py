"""What is kept in Postgres changes once a key, and never without its line on the audit. Sequences stand for all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from conftest import Api, TestTenant
from cqrs.answers import Once
from cqrs.domain import KeyReused, NotFound
from cqrs.numbering import settings
from face.kept import AlreadyDone, Made, forget_old
from face.kept.receipts import once_only
from face.models import AuditLine, Receipt
from face.tests.test_sequences import DECLARED


@pytest.fixture
def key() -> str:
    return uuid4().hex


@pytest.fixture(autouse=True)
def _as_declared(acme: TestTenant) -> Iterator[None]:
    yield
    settings.keep(acme.code, "TODO", DECLARED, by="user:1")


def test_a_repeat_is_answered_as_the_first_time_and_changes_nothing(api: Api, key: str) -> None:
    first = api("PATCH", "sequences/todo/", {"prefix": "A-", "register_date": "2026-01-31"}, idempotency_key=key)
    api("PATCH", "sequences/todo/", {"prefix": "B-"})
    again = api("PATCH", "sequences/todo/", {"prefix": "A-", "register_date": "2026-01-31"}, idempotency_key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert api("GET", "sequences/todo/").json()["prefix"] == "B-"


def test_another_body_under_a_key_is_refused(api: Api, key: str) -> None:
    api("PATCH", "sequences/todo/", {"prefix": "A-"}, idempotency_key=key)
    answer = api("PATCH", "sequences/todo/", {"prefix": "C-"}, idempotency_key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_not_kept(api: Api, key: str) -> None:
    assert api("PATCH", "sequences/todo/", {"rotation": "yearly"}, idempotency_key=key).status_code == 422
    assert not Receipt.objects.filter(key=key).exists()


def test_a_key_is_another_in_another_tenant(api: Api, globex: TestTenant, key: str) -> None:
    api("PATCH", "sequences/todo/", {"prefix": "A-"}, idempotency_key=key)
    assert Api(globex)("PATCH", "sequences/todo/", {}, idempotency_key=key).json()["prefix"] == ""


def test_each_change_writes_who_did_what(api: Api, acme: TestTenant, key: str) -> None:
    api("PATCH", "sequences/todo/", {"prefix": "A-"}, x_request_id=key)
    line = AuditLine.objects.get(request_id=key)
    told = line.tenant_code, line.by, line.action, line.subject, line.detail, line.ip
    assert told == (acme.code, f"key:{acme.key.split('_')[1]}", "sequence.set", "todo", {"prefix": "A-"}, "127.0.0.1")


@pytest.mark.usefixtures("tenants")
def test_of_sixteen_at_once_one_is_made(key: str) -> None:
    made: list[int] = []

    def change() -> Made:
        made.append(1)
        return Made({"n": len(made)}, subject="x")

    def ask(_: int) -> object:
        try:
            return once_only(change, tenant="acme", once=Once(key, "d"), status=201).answer
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == [{"n": 1}] * 16
    assert made == [1]


@pytest.mark.usefixtures("tenants")
def test_a_secret_is_not_kept_and_not_shown_twice(key: str) -> None:
    def ask() -> object:
        return once_only(
            lambda: Made({"key": "tf_1"}, "x"), tenant="acme", once=Once(key, "d"), status=201, is_secret=True
        )

    ask()
    assert Receipt.objects.get(key=key).answer is None
    with pytest.raises(AlreadyDone):
        ask()


@pytest.mark.usefixtures("tenants")
def test_a_change_that_fails_leaves_neither_receipt_nor_line(key: str) -> None:
    def refused() -> Made:
        raise NotFound

    def ask(change: Callable[[], Made], digest: str = "d") -> object:
        return once_only(change, tenant="acme", once=Once(key, digest), status=204).answer

    with pytest.raises(NotFound):
        ask(refused)
    assert ask(lambda: Made(None, "x"), "other") is None  # the key is as new
    assert ask(refused, "other") is None
    with pytest.raises(KeyReused):
        ask(refused)


@pytest.mark.usefixtures("tenants")
def test_keys_are_forgotten_when_they_are_old(key: str) -> None:
    once_only(lambda: Made({}, "x"), tenant="acme", once=Once(key, "d"), status=200)
    forget_old()
    receipt = Receipt.objects.get(key=key)
    Receipt.objects.filter(key=key).update(created_at=receipt.created_at - timedelta(hours=49))
    assert forget_old() == 1
