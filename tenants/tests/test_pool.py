"""Ready schemas: each is what migrations would have made, and becomes somebody's whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from psycopg import sql

from cqrs.domain import Refused
from cqrs.models import Home
from face.models import AuditLine
from tenants import cloning, hooks, migrating
from tenants.models import POOL, TEMPLATE, Domain, Tenant, User
from tenants.provisioning import Wanted, claim, pool
from tenants.tests.catalogue import catalogue

READY = {"state": Tenant.State.READY, "code__startswith": POOL}


class Broken(Exception):
    """A handler's defect."""


@pytest.fixture
def code(tenants: Any) -> str:
    return f"c{uuid4().hex[:20]}"


@pytest.fixture
def filled(tenants: Any) -> Iterator[None]:
    pool.fill(2)
    yield
    Tenant.objects.filter(**READY).delete()


def someone(code: str) -> User:
    return User(email=f"owner@{code}.example")


def made(code: str) -> Tenant:
    return claim(Wanted(code=code, name=code), owner=someone(code))


@pytest.mark.usefixtures("tenants")
def test_a_ready_schema_is_what_migrations_make() -> None:
    pattern = Tenant.objects.get(code=TEMPLATE).schema_name
    assert cloning.beyond(pattern) == []
    made = pool.make()
    with connection.cursor() as cursor:
        assert catalogue(cursor, made.schema_name) == catalogue(cursor, pattern)
    names = migrating.recorded([pattern, made.schema_name])
    assert names[pattern] == names[made.schema_name] != frozenset()
    made.delete()


@pytest.mark.usefixtures("tenants")
def test_the_pattern_holds_no_rows_but_its_migrations() -> None:
    pattern = Tenant.objects.get(code=TEMPLATE).schema_name
    with connection.cursor() as cursor:
        tables = {table for table, kind, *_ in catalogue(cursor, pattern)["tables"] if kind == "r"} - {
            "django_migrations"
        }
        for table in tables:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(pattern, table)))
            assert cursor.fetchone() == (0,), f"{table} has rows that a copy would lack"
    assert len(tables) > 5


@pytest.mark.usefixtures("tenants")
def test_what_cannot_be_copied_is_named() -> None:
    made = pool.make()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE VIEW {} AS SELECT 1").format(sql.Identifier(made.schema_name, "odd")))
        assert cloning.beyond(made.schema_name) == ["relation odd"]
        transaction.set_rollback(True)
    made.delete()


@pytest.mark.usefixtures("filled")
def test_claiming_takes_a_ready_one(code: str) -> None:
    ready = set(Tenant.objects.filter(**READY).values_list("id", flat=True))
    assert made(code).pk in ready


def test_an_empty_pool_makes_one(code: str) -> None:
    Tenant.objects.filter(**READY).delete()
    assert made(code).state == Tenant.State.ACTIVE


@pytest.mark.usefixtures("filled")
def test_it_is_filled_up_to_its_size(tenants: Any) -> None:
    assert pool.fill(2) == 0
    assert pool.fill(3) == 1


def test_of_several_fillers_one_is_at_work(tenants: Any) -> None:
    def fill(_: int) -> int:
        try:
            return pool.fill(3)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(fill, range(4)))
    assert sum(counts) == 3
    Tenant.objects.filter(**READY).delete()


@pytest.mark.usefixtures("filled")
def test_a_handler_that_fails_undoes_all_of_it(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[hooks.Provisioned] = []

    def fail(new: hooks.Provisioned) -> None:
        seen.append(new)
        raise Broken

    def counts() -> list[int]:
        return [
            Tenant.objects.filter(**READY).count(),
            Domain.objects.filter(domain__startswith=code).count(),
            User.objects.filter(email=f"owner@{code}.example").count(),
            AuditLine.objects.filter(tenant_code=code).count(),
        ]

    before = counts()
    monkeypatch.setattr(hooks, "_handlers", [fail])
    with pytest.raises(Broken):
        claim(Wanted(code=code, name="X", plan="pro"), owner=someone(code))
    assert (seen[0].tenant.code, seen[0].plan) == (code, "pro")
    assert counts() == before
    monkeypatch.undo()
    assert made(code).code == code


@pytest.mark.usefixtures("filled")
def test_of_eight_who_want_one_code_one_gets_it(code: str) -> None:
    def ask(number: int) -> str:
        try:
            return claim(Wanted(code=code, name="X"), owner=someone(f"{number}-{code}")).code
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(ask, range(8)))
    assert answers == sorted([code, *["code_taken"] * 7])
    assert User.objects.filter(email__endswith=f"-{code}.example").count() == 1


def test_its_home_is_its_own(code: str) -> None:
    tenant = made(code)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(tenant.schema_name, Home._meta.db_table)))
        assert cursor.fetchall() == [(code,)]
