"""Several entities in one transaction, all or nothing; and one only where it is needed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cqrs.codec import ITEM_MOST, check_size
from cqrs.domain import BelowFloor, Conflict, Json, NotFound
from cqrs.dynamodb import requests
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.steps import TRANSACTION_MOST, CodeTaken, TooManyChanges
from cqrs.store import ACTIONS_MOST, Append
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.shop import BASKET, SHELF, STOCK, WARE, adjust, empty, reprice
from cqrs.tests.toy import LAMP, count, relabel, switch_on
from cqrs.tests.units import counted
from cqrs.writer import Once, Writer
from todos.domain import TODO


def test_what_an_entity_sends_along_is_made_with_it_or_not_at_all(writer: Writer) -> None:
    answer = writer.send(WARE.create(sku="apple"))
    assert [each.id for each in answer.along] == [writer.log.get(SHELF, "SHELF#apple").id]
    assert answer.along[0].command_id == answer.version.command_id
    writer.send(SHELF.create(sku="pear"))
    with pytest.raises(CodeTaken):
        writer.send(WARE.create(sku="pear"))
    with pytest.raises(NotFound):
        writer.log.get(WARE, "WARE#pear")


def test_a_later_change_sends_nothing_along(writer: Writer) -> None:
    writer.send(WARE.create(sku="apple"))
    answer = writer.send(WARE.ref("WARE#apple").ask(reprice, price=7))
    assert (answer.version.version, list(answer.along)) == (2, [])


def test_commands_are_decided_one_on_the_other(writer: Writer) -> None:
    ref = SHELF.ref("SHELF#apple")
    made = writer.send(WARE.create(sku="apple"), ref.ask(adjust, quantity=5), ref.ask(adjust, quantity=-2))
    assert [each.version for each in writer.log.history(SHELF, ref.sk)] == [1, 2, 3]
    assert [each.state.on_hand for each in writer.log.history(SHELF, ref.sk)] == [0, 5, 3]
    assert [each.version for each in made.along] == [3]
    assert writer.log.counter(STOCK, "apple") == {"on_hand": 3, "available": 3}


def test_the_answer_is_the_first_commands_entity_as_it_then_stands(writer: Writer) -> None:
    sk = writer.send(LAMP.create(name="Desk")).version.sk
    ref, once = LAMP.ref(sk), Once("k", "d")
    answer = writer.send(ref.ask(switch_on), ref.ask(relabel, name="Hall"), once=once)
    assert (answer.version.version, answer.version.state.name, answer.version.state.is_lit) == (3, "Hall", True)
    again = writer.send(ref.ask(switch_on), ref.ask(relabel, name="Hall"), once=once)
    assert (again.replayed, again.version.version) == (200, 3)


def test_of_two_commands_one_that_is_refused_stops_both(writer: Writer) -> None:
    writer.send(WARE.create(sku="apple"))
    writer.send(WARE.create(sku="pear"), SHELF.ref("SHELF#pear").ask(adjust, quantity=2))
    with pytest.raises(BelowFloor):
        writer.send(
            SHELF.ref("SHELF#apple").ask(adjust, quantity=2),
            SHELF.ref("SHELF#pear").ask(adjust, quantity=-3),
        )
    assert writer.log.get(SHELF, "SHELF#apple").version == 1


def test_a_stated_version_is_kept_to_by_any_of_them(writer: Writer) -> None:
    one, other = (writer.send(LAMP.create(name=name)).version.sk for name in ("Desk", "Hall"))
    writer.send(LAMP.ref(other).ask(switch_on))
    with pytest.raises(Conflict) as conflict:
        writer.send(LAMP.ref(one).ask(switch_on), LAMP.ref(other, version=1).ask(relabel, name="Attic"))
    assert conflict.value.current_version == 2
    assert writer.log.get(LAMP, one).version == 1


def test_two_new_ones_of_a_kind_take_two_numbers(writer: Writer) -> None:
    answer = writer.send(LAMP.create(name="one"), LAMP.create(name="two"))
    assert [answer.version.code, *(each.code for each in answer.along)] == ["L-0001", "L-0002"]
    assert writer.send(LAMP.create(name="three")).version.code == "L-0003"


def test_the_same_code_twice_in_one_transaction_is_taken(writer: Writer) -> None:
    with pytest.raises(CodeTaken):
        writer.send(WARE.create(sku="apple"), WARE.create(sku="apple"))


def test_more_than_a_transaction_holds_is_refused_before_it_is_sent(writer: Writer) -> None:
    sk = writer.send(LAMP.create(name="Desk")).version.sk
    fits = [LAMP.ref(sk).ask(count, times=1)] * ACTIONS_MOST
    with pytest.raises(TooManyChanges) as refused:
        writer.send(*fits, LAMP.ref(sk).ask(count, times=1))
    assert refused.value.fields == {"actions": ACTIONS_MOST + 1, "limit": ACTIONS_MOST}
    with pytest.raises(TooManyChanges):
        writer.send(*fits, once=Once("k", "d"))
    assert writer.send(*fits).version.version == ACTIONS_MOST + 1


def test_versions_and_counters_count_together(writer: Writer) -> None:
    skus = [str(number) for number in range(ACTIONS_MOST // 2 + 1)]
    writer.send(*(SHELF.create(sku=sku) for sku in skus))
    commands = [SHELF.ref(f"SHELF#{sku}").ask(adjust, quantity=1) for sku in skus]
    with pytest.raises(TooManyChanges) as refused:
        writer.send(*commands)
    assert refused.value.fields == {"actions": ACTIONS_MOST + 2, "limit": ACTIONS_MOST}
    assert len(writer.send(*commands[1:]).along) == ACTIONS_MOST // 2 - 1


def test_more_bytes_than_a_transaction_holds_are_refused(writer: Writer) -> None:
    name = "x" * (ITEM_MOST // 3 - 200)
    big = [LAMP.create(name=name)] * (TRANSACTION_MOST // ITEM_MOST + 1)
    with pytest.raises(TooManyChanges) as refused:
        writer.send(*big)
    assert refused.value.fields["limit"] == TRANSACTION_MOST
    assert writer.send(*big[:-1]).version.code == "L-0001"


@pytest.fixture
def on_dynamo(dynamo: DynamoStore, tenant: str) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


@pytest.mark.parametrize("small", [[], 1, "", {"a": 1}], ids=repr)
def test_what_is_let_through_fits_into_an_item(on_dynamo: Writer, small: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small things may take DynamoDB more bytes than their JSON has, and DynamoDB Local its time."""
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 30)
    fact = on_dynamo.log.store.read(on_dynamo.send(LAMP.create(name="Desk")).version.id)
    assert fact
    per_piece = check_size([small] * 1000) / 1000
    state: dict[str, Json] = {"many": [small] * int(ITEM_MOST * 0.995 / per_piece)}
    assert ITEM_MOST * 0.99 < check_size(state) <= ITEM_MOST
    on_dynamo.log.write([Append(replace(fact, version=2, state=state))], token="t")


type Send = Callable[[Writer], object]

COSTS: dict[str, tuple[Send, float, list[int]]] = {
    "a change: one put": (lambda w: w.send(LAMP.ref("LAMP#L-0001").ask(relabel, name="x")), 1, []),
    "nothing changes: nothing": (lambda w: w.send(LAMP.ref("LAMP#L-0001").ask(relabel, name="Desk")), 0, []),
    "a code of its own: one put": (lambda w: w.send(SHELF.create(sku="plum")), 1, []),
    "a fast number: an add and a put": (lambda w: w.send(TODO.create(name="x")), 2, []),
    "a gap-free number: version, sequence": (lambda w: w.send(LAMP.create(name="x")), 0, [2]),
    "a key: version, receipt": (
        lambda w: w.send(LAMP.ref("LAMP#L-0001").ask(relabel, name="x"), once=Once("k", "d")),
        0,
        [2],
    ),
    "a key and no change: the receipt": (
        lambda w: w.send(LAMP.ref("LAMP#L-0001").ask(relabel, name="Desk"), once=Once("k", "d")),
        1,
        [],
    ),
    "two numbers of one counter: version, counter": (
        lambda w: w.send(SHELF.ref("SHELF#apple").ask(adjust, quantity=1)),
        0,
        [2],
    ),
    "what is sent along: two versions": (lambda w: w.send(WARE.create(sku="pear")), 0, [2]),
    "number, key, stock, quota: and the version": (
        lambda w: w.send(BASKET.create(lines=(("apple", 1),)), once=Once("k", "d")),
        0,
        [5],
    ),
    "a removal gives back: version, stock, quota": (lambda w: w.send(BASKET.ref("BASKET#B-1").ask(empty)), 0, [3]),
}


@pytest.mark.parametrize("what", COSTS)
def test_a_command_costs_no_more_units_than_it_must(on_dynamo: Writer, what: str) -> None:
    on_dynamo.send(LAMP.create(name="Desk"))
    on_dynamo.send(WARE.create(sku="apple"), SHELF.ref("SHELF#apple").ask(adjust, quantity=9))
    on_dynamo.send(BASKET.create(lines=(("apple", 1),)))
    send, put, actions = COSTS[what]
    with counted() as units:
        send(on_dynamo)
    assert (units.put, units.actions) == (put, actions)
