"""Connections that two tenants take turns with: whatever was left on one, the next sees only its own."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any, cast

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_tenants.utils import schema_context

from config.tests.isolation.asking import Caller
from config.tests.isolation.place import Place, Site
from cqrs.models import JournalLine
from tenants.middleware import TenantMiddleware
from tenants.requests import TenantRequest

THREADS, REQUESTS, SEED = 6, 15, 4


@pytest.fixture
def two_connections(both: Place) -> Iterator[None]:
    """The pool of this process holds two, and nobody has one."""
    pool: Any = connection.pool  # type: ignore[attr-defined]
    before = pool.min_size, pool.max_size
    connection.close()
    pool.resize(1, 2)
    yield
    connection.close()
    pool.resize(*before)


@pytest.mark.usefixtures("two_connections")
def test_threads_of_two_tenants_each_see_their_own(unharmed: Place) -> None:
    wrong: list[object] = []

    def work(number: int) -> None:
        dice = Random(f"{SEED}-{number}")
        for _ in range(REQUESTS):
            site = dice.choice([unharmed.victim, unharmed.other])
            path = dice.choice(["/api/v1/todos/", "/api/v1/events/", "/todos/", "/todos/board/"])
            wrong.extend(_asked(site, path))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def _asked(site: Site, path: str) -> list[object]:
    """What is wrong with the answer. The connection goes back to the pool, as a server gives it back."""
    try:
        answer = Caller(site.owner).ask("GET", path, host=site.host)
    finally:
        connection.close()
    is_right = answer.status == 200 and answer.shows_canary == (site.code == "isolated")
    return [] if is_right else [(site.code, path, answer)]


@pytest.mark.usefixtures("two_connections")
@pytest.mark.parametrize("sql", ["SELECT 1/0", "SET search_path = public; SELECT 1/0", "SELECT * FROM nowhere"])
def test_a_request_that_broke_off_leaves_nothing_to_the_next(unharmed: Place, sql: str) -> None:
    def breaks(request: HttpRequest) -> HttpResponse:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        raise AssertionError

    request = cast(TenantRequest, RequestFactory().get("/", headers={"Host": unharmed.victim.host}))
    with pytest.raises(DatabaseError):
        TenantMiddleware(breaks)(request)
    answer = Caller(unharmed.other.owner).ask("GET", "/api/v1/events/", host=unharmed.other.host)
    assert (answer.status, answer.shows_canary) == (200, False)


class Undone(Exception):
    """Takes a savepoint back."""


def test_a_search_path_that_a_savepoint_takes_back_is_set_again(both: Place) -> None:
    victim, other = both.victim.tenant.schema_name, both.other.tenant.schema_name
    with transaction.atomic():
        for outer, inner in ((victim, other), (other, victim)):
            with schema_context(outer):
                before = _tenants()
                seen = _undone(inner)
                assert _tenants() == before
            with schema_context(inner):
                assert _tenants() == seen != before


def _undone(schema: str) -> set[str]:
    """Whose lines this schema's journal holds, seen within a savepoint that is taken back."""
    seen = set[str]()
    with suppress(Undone), transaction.atomic(), schema_context(schema):
        seen = _tenants()
        raise Undone
    return seen


def _tenants() -> set[str]:
    """Whose lines the current schema's journal holds."""
    return set(JournalLine.objects.values_list("tenant_id", flat=True).distinct())
