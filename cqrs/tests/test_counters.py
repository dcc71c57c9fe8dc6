"""What counts adds up: in the command's own transaction, never below a floor, never above a limit. On both stores."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cqrs.domain import BelowFloor, Counter, Refused
from cqrs.log import ForeignKey
from cqrs.store import Move, Rejected, Store
from cqrs.tests.shop import (
    BASKET,
    PLAN,
    QUOTA,
    SHELF,
    STOCK,
    WARE,
    Basket,
    OutOfStock,
    QuotaExceeded,
    adjust,
    change_plan,
    empty,
    refill,
)
from cqrs.writer import Once, Writer


@pytest.fixture
def stocked(writer: Writer) -> Writer:
    """10 apples and 5 pears."""
    for sku, quantity in (("apple", 10), ("pear", 5)):
        writer.send(WARE.create(sku=sku), SHELF.ref(SHELF.sk_of(sku)).ask(adjust, quantity=quantity))
    return writer


def stock(writer: Writer, sku: str) -> Mapping[str, int]:
    return writer.log.counter(STOCK, sku)


def used(writer: Writer) -> int:
    return writer.log.counter(QUOTA, "baskets").get("used", 0)


def test_a_command_moves_its_counters(stocked: Writer) -> None:
    stocked.send(BASKET.create(lines=(("apple", 3), ("pear", 1))))
    assert stock(stocked, "apple") == {"on_hand": 10, "available": 7, "reserved": 3}
    assert stock(stocked, "pear") == {"on_hand": 5, "available": 4, "reserved": 1}
    assert used(stocked) == 1


def test_a_change_moves_them_by_the_difference_and_a_removal_gives_back(stocked: Writer) -> None:
    sk = stocked.send(BASKET.create(lines=(("apple", 3), ("apple", 2)))).version.sk
    stocked.send(BASKET.ref(sk).ask(refill, lines=(("apple", 4), ("pear", 1))))
    assert (stock(stocked, "apple")["available"], stock(stocked, "pear")["available"]) == (6, 4)
    stocked.send(BASKET.ref(sk).ask(empty))
    assert (stock(stocked, "apple")["available"], stock(stocked, "pear")["reserved"], used(stocked)) == (10, 0, 0)


def test_what_is_short_is_refused_line_by_line_and_nothing_moves(stocked: Writer) -> None:
    before = stock(stocked, "apple"), stock(stocked, "pear")
    with pytest.raises(OutOfStock) as refused:
        stocked.send(BASKET.create(lines=(("pear", 6), ("apple", 1), ("apple", 10))))
    assert refused.value.fields["errors"] == [
        {"pointer": "/lines/0", "requested": 6, "available": 5},
        {"pointer": "/lines/1", "requested": 11, "available": 10},
    ]
    assert (stock(stocked, "apple"), stock(stocked, "pear")) == before
    assert stocked.send(BASKET.create(lines=())).version.code == "B-1"


def test_a_floor_is_refused_by_name_where_the_entity_says_nothing(stocked: Writer) -> None:
    with pytest.raises(BelowFloor) as refused:
        stocked.send(SHELF.ref("SHELF#pear").ask(adjust, quantity=-7))
    told = {"counter": "STOCK", "key": "pear", "number": "available", "requested": 7, "available": 5}
    assert {name: value for name, value in refused.value.fields.items() if name != "errors"} == told
    assert stocked.send(SHELF.ref("SHELF#pear").ask(adjust, quantity=-5)).version.state.on_hand == 0


def test_a_number_that_is_not_there_counts_as_none(writer: Writer) -> None:
    writer.send(WARE.create(sku="plum"))
    assert stock(writer, "plum") == {}
    with pytest.raises(OutOfStock):
        writer.send(BASKET.create(lines=(("plum", 1),)))


def test_a_limit_holds_and_the_refusal_says_what_is_used(writer: Writer) -> None:
    writer.send(PLAN.create(baskets=2))
    for _ in range(2):
        writer.send(BASKET.create(lines=()))
    with pytest.raises(QuotaExceeded) as refused:
        writer.send(BASKET.create(lines=()))
    assert refused.value.fields == {"metric": "baskets", "used": 2, "limit": 2}


@pytest.mark.parametrize(("limit", "fits"), [(0, 0), (1, 1), (None, 3)])
def test_zero_is_none_and_no_limit_is_no_limit(writer: Writer, limit: int | None, fits: int) -> None:
    writer.send(PLAN.create(baskets=limit))
    for _ in range(3):
        try:
            writer.send(BASKET.create(lines=()))
        except QuotaExceeded:
            break
    assert used(writer) == fits


def test_a_plan_sets_and_lifts_the_limit_in_its_own_transaction(writer: Writer) -> None:
    writer.send(PLAN.create(baskets=1))
    writer.send(BASKET.create(lines=()))
    writer.send(PLAN.ref("PLAN#plan").ask(change_plan, baskets=0))
    assert writer.log.counter(QUOTA, "baskets") == {"used": 1, "limit": 0}
    with pytest.raises(QuotaExceeded) as refused:
        writer.send(BASKET.create(lines=()))
    assert refused.value.fields == {"metric": "baskets", "used": 1, "limit": 0}
    writer.send(PLAN.ref("PLAN#plan").ask(change_plan, baskets=None))
    assert writer.log.counter(QUOTA, "baskets") == {"used": 1}
    assert writer.send(BASKET.create(lines=())).changed


def test_what_lowers_a_number_above_its_limit_is_let_through(writer: Writer) -> None:
    writer.send(PLAN.create(baskets=2))
    sk = writer.send(BASKET.create(lines=())).version.sk
    writer.send(BASKET.create(lines=()))
    writer.send(PLAN.ref("PLAN#plan").ask(change_plan, baskets=0))
    writer.send(BASKET.ref(sk).ask(empty))
    assert used(writer) == 1


def test_a_plan_that_changes_under_a_command_is_another_try(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.send(PLAN.create(baskets=0))
    read, stale = writer.log.store.counter, [{"limit": 5}, {}]
    monkeypatch.setattr(writer.log.store, "counter", lambda *key: stale.pop() if stale else read(*key))
    with pytest.raises(QuotaExceeded):
        writer.send(BASKET.create(lines=()))
    assert stale == []


def test_of_many_who_buy_the_last_ones_exactly_as_many_as_there_are_succeed(stocked: Writer) -> None:
    def buy(_: int) -> bool:
        try:
            return stocked.send(BASKET.create(lines=(("apple", 1),))).changed
        except OutOfStock:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(buy, range(24))) == 10
    assert stock(stocked, "apple") == {"on_hand": 10, "available": 0, "reserved": 10}
    assert used(stocked) == 10


def test_a_newer_version_speaks_before_its_counters(stocked: Writer) -> None:
    sk = stocked.send(BASKET.create(lines=(("pear", 5),))).version.sk
    stocked.send(BASKET.create(lines=(("apple", 6),)))
    command = BASKET.ref(sk).ask(refill, lines=(("pear", 5), ("apple", 4)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: stocked.send(command).version.version, range(8)))
    assert set(answers) == {2}
    assert stock(stocked, "apple")["available"] == 0


def test_one_key_counts_once(stocked: Writer) -> None:
    command = SHELF.ref("SHELF#pear").ask(adjust, quantity=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: stocked.send(command, once=Once("k", "d")), range(8)))
    assert stock(stocked, "pear")["on_hand"] == 6


def test_all_counters_of_a_kind_are_listed_for_whoever_verifies(stocked: Writer) -> None:
    whole = {"on_hand": 10, "available": 10}
    assert dict(stocked.log.counters(STOCK)) == {"apple": whole, "pear": {"on_hand": 5, "available": 5}}
    assert list(stocked.log.counters(Counter("NONE"))) == []


def test_a_handle_moves_no_other_tenants_counter(stocked: Writer) -> None:
    with pytest.raises(ForeignKey):
        stocked.log.write([Move("STOCK#somebody-else", "apple", {"available": 1})], token="t")


def test_a_move_says_all_that_is_in_its_way(store: Store, tenant: str) -> None:
    pk = f"STOCK#{tenant}"
    store.write([Move(pk, "a", {"x": 5, "y": -5}), Move(pk, "b", {"x": 1})], token=f"1{tenant}")
    low = Move(pk, "a", {"x": -6}, least={"x": 6})
    high = Move(pk, "b", {"x": 1}, most={"x": 0})
    fine = Move(pk, "c", {"x": 1}, most={"x": 0}, assumed={"limit": None})
    with pytest.raises(Rejected) as rejected:
        store.write([fine, low, high], token=f"2{tenant}")
    assert rejected.value.failed == [(low, {"x": 5, "y": -5}), (high, {"x": 1})]
    assert store.counter(pk, "c") == {}
    store.write([fine, replace(low, deltas={"x": -1}, least={"x": 1})], token=f"3{tenant}")
    assert (store.counter(pk, "a"), store.counter(pk, "c")) == ({"x": 4, "y": -5}, {"x": 1})


def test_a_floor_below_zero_may_be_reached_from_nothing(store: Store, tenant: str) -> None:
    move = Move(f"DEBT#{tenant}", "a", {"x": -3}, least={"x": 0})
    store.write([move], token=f"1{tenant}")
    assert store.counter(move.pk, move.sk) == {"x": -3}


def test_a_refusal_is_one_of_the_entitys_own_or_of_the_counters(stocked: Writer) -> None:
    stocked.send(PLAN.create(baskets=0))
    with pytest.raises(Refused) as refused:
        stocked.send(BASKET.create(lines=(("apple", 1),)))
    assert isinstance(refused.value, QuotaExceeded)


def test_what_a_rule_asks_of_the_world_is_loaded_before(stocked: Writer) -> None:
    basket = stocked.send(BASKET.create(lines=(("apple", 2), ("pear", 1)))).version
    assert basket.state == Basket((("apple", 2), ("pear", 1)), total=300)
    assert basket.args == {"lines": [["apple", 2], ["pear", 1]]}
