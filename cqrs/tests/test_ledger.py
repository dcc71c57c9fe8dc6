"""The ledger: what each fact moved, with running balances, whatever the delivery."""

from collections import Counter as Tally
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any
from uuid import uuid4

import pytest
from django_tenants.utils import schema_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import TestTenant
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.ledgers import all_totals, ledger_of, moved_within, totals_of
from cqrs.log import Log
from cqrs.models import JournalLine, LedgerLine
from cqrs.projections import PROJECTIONS, journals
from cqrs.projector import apply
from cqrs.store import Fact, MemoryStore
from cqrs.tests.shop import BASKET, SHELF, STOCK, WARE, adjust, empty, fill_again, refill
from cqrs.writer import Writer
from face.pages import page


class Shop:
    """A tenant's log in memory, with one ware that no other test knows, and what Postgres shows of it."""

    def __init__(self, tenant: TestTenant) -> None:
        self.store, self.schema = MemoryStore(), tenant.schema
        self.store._numbers[f"SEQ#{tenant.code}", "BASKET"] = uuid4().int % 10**12  # `random` is Hypothesis' own
        self.writer = Writer(Log(self.store, tenant.code), Origin(Actor("user:1")))
        self.sku = f"{uuid4()}"
        self.writer.send(WARE.create(sku=self.sku), self.adjust(100))

    def adjust(self, quantity: int) -> Any:
        return SHELF.ref(SHELF.sk_of(self.sku)).ask(adjust, quantity=quantity)

    def sell(self, quantity: int) -> str:
        """A basket; its sort key."""
        return self.writer.send(BASKET.create(lines=((self.sku, quantity),))).version.sk

    def facts(self) -> list[Fact]:
        return [fact for facts in self.store._facts.values() for fact in facts]

    def show(self, facts: list[Fact] | None = None) -> None:
        apply(self.facts() if facts is None else facts, store=self.store)

    def lines(self, number: str) -> list[LedgerLine]:
        """The lines of one number of the ware, in journal order."""
        with schema_context(self.schema):
            return list(ledger_of(STOCK, self.sku, number=number).reverse())

    def totals(self) -> dict[str, int]:
        with schema_context(self.schema):
            return totals_of(STOCK, self.sku)

    def adds_up(self) -> None:
        """The sum of the lines = the last balance = the total = the counter itself, for each number."""
        counter = self.writer.log.counter(STOCK, self.sku)
        assert self.totals() == counter
        for number, there in counter.items():
            lines = self.lines(number)
            assert [line.balance for line in lines] == list(accumulate(line.delta for line in lines))
            assert lines[-1].balance == there


@pytest.fixture
def shop(acme: TestTenant) -> Iterator[Shop]:
    for entity in (WARE, SHELF, BASKET):
        journals(entity)
    yield Shop(acme)
    for entity in (WARE, SHELF, BASKET):
        del PROJECTIONS[entity.type]


def test_each_line_says_what_moved_what_it_was_then_and_by_which_fact(shop: Shop) -> None:
    sk = shop.sell(3)
    shop.writer.send(BASKET.ref(sk).ask(refill, lines=((shop.sku, 5),)))
    shop.show()
    assert [(line.delta, line.balance) for line in shop.lines("available")] == [(100, 100), (-3, 97), (-2, 95)]
    assert [(line.delta, line.balance) for line in shop.lines("reserved")] == [(3, 3), (2, 5)]
    last = shop.lines("reserved")[-1]
    with schema_context(shop.schema):
        line = JournalLine.objects.get(position=last.position)
    assert (line.entity_id, line.version, line.fact) == (last.entity_id, last.version, "refilled")
    assert last.at == line.at
    shop.adds_up()


def test_what_moves_nothing_writes_no_line(shop: Shop) -> None:
    sk = shop.sell(3)
    shop.show()
    before = len(shop.lines("available"))
    shop.writer.send(BASKET.ref(sk).ask(refill, lines=((shop.sku, 1), (shop.sku, 2))))
    shop.show()
    assert len(shop.lines("available")) == before
    shop.adds_up()


def test_a_removal_gives_back_and_a_restoration_takes_again(shop: Shop) -> None:
    sk = shop.sell(4)
    shop.writer.send(BASKET.ref(sk).ask(empty))
    shop.show()
    assert shop.totals() == {"on_hand": 100, "available": 100, "reserved": 0}
    shop.writer.send(BASKET.ref(sk).ask(fill_again))
    shop.show()
    assert [line.delta for line in shop.lines("available")] == [100, -4, 4, -4]
    shop.adds_up()


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_doubled_and_shuffled_delivery_adds_up_the_same(acme: TestTenant, shop: Shop, data: st.DataObject) -> None:
    shop = Shop(acme)
    sks = [shop.sell(data.draw(st.integers(0, 5))) for _ in range(3)]
    for _ in range(data.draw(st.integers(0, 6))):
        quantity = data.draw(st.integers(0, 5))
        ask = BASKET.ref(data.draw(st.sampled_from(sks))).ask(refill, lines=((shop.sku, quantity),))
        shop.writer.send(ask, shop.adjust(data.draw(st.integers(0, 3))))
    deliveries = data.draw(st.permutations(shop.facts() * 2))
    while deliveries:
        size = data.draw(st.integers(1, len(deliveries)))
        shop.show(deliveries[:size])
        deliveries = deliveries[size:]
    shop.adds_up()
    kinds = Tally((line.entity_id, line.version) for line in shop.lines("available"))
    assert set(kinds.values()) == {1}


def test_movements_are_paged_newest_first_and_stay_put_while_others_come(shop: Shop) -> None:
    for quantity in range(1, 6):
        shop.writer.send(shop.adjust(quantity))
    shop.show()
    with schema_context(shop.schema):
        movements = ledger_of(STOCK, shop.sku, number="on_hand")
        first = page(movements, ordering="-position", limit=4, scope="movements")
    shop.writer.send(shop.adjust(-1))
    shop.show()
    with schema_context(shop.schema):
        second = page(movements, ordering="-position", limit=4, cursor=first.next, scope="movements")
    assert [line.delta for line in first.rows + second.rows] == [5, 4, 3, 2, 1, 100]
    assert second.next is None


def test_a_period_and_a_kind_are_summed_up(shop: Shop) -> None:
    before, now = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC)
    shop.sell(2)
    shop.show()
    later = datetime.now(UTC)
    with schema_context(shop.schema):
        assert moved_within(STOCK, shop.sku, since=before, until=now) == {"available": 100, "on_hand": 100}
        assert moved_within(STOCK, shop.sku, since=now, until=later) == {"available": -2, "reserved": 2}
        mine = all_totals(STOCK).filter(key=shop.sku)
        assert list(mine.values_list("number", "total")) == [("available", 98), ("on_hand", 100), ("reserved", 2)]
        assert totals_of(STOCK, "nothing") == {}


def test_another_tenants_ledger_is_its_own(shop: Shop, globex: TestTenant) -> None:
    shop.show()
    with schema_context(globex.schema):
        assert not ledger_of(STOCK, shop.sku).exists()
