"""The auditor: whatever is wrong with a shop's stock or its numbers is seen."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context
from pytest_django.plugin import DjangoDbBlocker

from conftest import TestTenant
from cqrs.domain import partition
from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import DynamoSource
from cqrs.projector import schema_of
from cqrs.sequences import sequence_key
from cqrs.store import Move, Take
from cqrs.tests.place import own_projections
from cqrs.verify import Kind, verify
from orders.domain import UNITS
from orders.domain.order import cancel, confirm, process, ship
from orders.tests.shop import Shop
from tenants.provisioning import provision

NEWEST = "key = 'TEA' AND number = 'on_hand' AND position = (SELECT max(position) FROM ledger WHERE number = 'on_hand')"

PLANTED = [
    ("UPDATE total SET total = total {} 1 WHERE id = 'STOCK#TEA#reserved'", [Kind.TOTAL, Kind.COUNTER]),
    (f"UPDATE ledger SET delta = delta {{}} 1 WHERE {NEWEST}", [Kind.LEDGER_DIFFERS]),
    (f"UPDATE ledger SET balance = balance {{}} 1 WHERE {NEWEST}", [Kind.BALANCE]),
]
"""What is done to Postgres behind everybody's back, with `+` and then with `-`, and what is different between."""


@pytest.fixture(scope="module")
def shop(tenants: dict[str, TestTenant], django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    """A tenant's own: one order is on its way, one is cancelled, one waits."""
    with django_db_blocker.unblock():
        code = f"s{uuid4().hex[:10]}"
        provision(code, name=code, owner_email=f"owner@{code}.example")
        shop = Shop(store(), code)
        shop.offer("TEA", units=20)
        for steps in ((confirm, process, ship), (cancel,), ()):
            sk = shop.place(("TEA", 3)).sk
            for step in steps:
                shop.ask(sk, step)
        call_command("drain", verbosity=0)
        yield shop


@pytest.fixture(autouse=True)
def _is_clean_before_and_after(shop: Shop) -> Iterator[None]:
    assert kinds(shop) == []
    yield
    assert kinds(shop) == []


@pytest.mark.parametrize(("plant", "found"), PLANTED)
def test_a_ledger_or_a_total_that_is_wrong_is_seen(shop: Shop, plant: str, found: list[Kind]) -> None:
    with schema_context(schema_of(shop.tenant)), connection.cursor() as cursor:
        cursor.execute(plant.format("+"))
        assert kinds(shop) == sorted(found)
        cursor.execute(plant.format("-"))


def test_a_counter_that_was_moved_or_is_below_nothing_is_seen(shop: Shop) -> None:
    pk = partition(UNITS.kind, shop.tenant)
    for delta, found in ((1, [Kind.COUNTER]), (-100, [Kind.COUNTER, Kind.FLOOR])):
        shop.store.write([Move(pk, "TEA", {"available": delta})], token=uuid4().hex)
        assert kinds(shop) == found
        shop.store.write([Move(pk, "TEA", {"available": -delta})], token=uuid4().hex)


def test_a_hole_in_the_numbers_is_seen_and_so_is_one_that_would_come_twice(shop: Shop) -> None:
    key = sequence_key(shop.tenant, "ORDER")
    for count, found in ((1, Kind.NUMBER_MISSING), (-1, Kind.NUMBER_UNTAKEN)):
        shop.store.write([Take(*key, seen=3, count=count)], token=uuid4().hex)
        assert kinds(shop) == [found]
        shop.store.write([Take(*key, seen=3 + count, count=-count)], token=uuid4().hex)


def kinds(shop: Shop) -> list[Kind]:
    """What is different, sorted."""
    with own_projections():
        return sorted(each.kind for each in verify([shop.tenant], source=DynamoSource(), store=shop.store, wait=0))
