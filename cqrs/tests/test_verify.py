"""Verify finds every kind of difference, and nothing else."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from cqrs.domain import Deltas, partition
from cqrs.dynamodb.client import dynamodb, table
from cqrs.projections import PROJECTIONS, Projection
from cqrs.projector.unpark import discard
from cqrs.sequences import sequence_key
from cqrs.store import Move, Take
from cqrs.stream.models import Parked
from cqrs.stream.slices import follow
from cqrs.tests.place import Place
from cqrs.tests.shop import BASKET, Basket, empty, refill, reserved
from cqrs.verify import Kind
from todos.domain import TODO, edit
from todos.models import TodoRow

BEYOND = "(SELECT max(position) + 1 FROM journal)"
SOLD = "key = 'apple' AND number = 'available' AND position = (SELECT max(position) FROM ledger WHERE key = 'apple')"

PLANTED = [
    ("DELETE FROM todo WHERE version = 3", [Kind.ROW_MISSING]),
    ("UPDATE todo SET version = 2 WHERE version = 3", [Kind.ROW_VERSION]),
    ("UPDATE todo SET version = 4 WHERE version = 3", [Kind.ROW_VERSION]),
    ("UPDATE todo SET labels = '{x}' WHERE version = 3", [Kind.ROW_DIFFERS]),
    ("UPDATE todo SET id = id || 'x' WHERE version = 3", [Kind.ROW_MISSING, Kind.ROW_UNKNOWN]),
    ("UPDATE journal SET by = 'user:2' WHERE type = 'TODO' AND version = 2", [Kind.LINE_DIFFERS] * 2),
    ("UPDATE journal SET attributes = '{}' WHERE type = 'TODO' AND version = 3", [Kind.LINE_DIFFERS]),
    ("UPDATE journal SET version = 9 WHERE type = 'TODO' AND version = 3", [Kind.LINE_MISSING, Kind.LINE_UNKNOWN]),
    (f"UPDATE journal SET position = {BEYOND} WHERE name = 'last'", [Kind.POSITION, Kind.POSITION]),
    (f"UPDATE ledger SET delta = delta + 1 WHERE {SOLD}", [Kind.LEDGER_DIFFERS]),
    (f"UPDATE ledger SET at = now() WHERE {SOLD}", [Kind.LEDGER_DIFFERS]),
    (f"UPDATE ledger SET balance = balance + 1 WHERE {SOLD}", [Kind.BALANCE]),
    (f"DELETE FROM ledger WHERE {SOLD}", [Kind.LEDGER_MISSING]),
    (f"UPDATE ledger SET position = position + 1000 WHERE {SOLD}", [Kind.LEDGER_MISSING, Kind.LEDGER_UNKNOWN]),
    # a total that is wrong is neither the sum of its lines nor what DynamoDB says
    ("UPDATE total SET total = total + 1 WHERE id = 'STOCK#apple#available'", [Kind.TOTAL, Kind.COUNTER]),
    ("DELETE FROM total WHERE id = 'STOCK#apple#available'", [Kind.TOTAL, Kind.COUNTER]),
]
"""What is done to Postgres behind everybody's back, and what is then different."""


@pytest.fixture(autouse=True)
def _is_clean_before_and_after(place: Place) -> Iterator[None]:
    assert place.verify() == []
    yield
    assert place.verify() == []


@pytest.mark.parametrize(("plant", "found"), PLANTED)
def test_what_is_wrong_in_postgres_is_found(place: Place, plant: str, found: list[Kind]) -> None:
    with place.restored():
        place.sql(plant)
        assert sorted(place.kinds()) == sorted(found)


def test_versions_in_another_order_are_found(place: Place) -> None:
    with place.restored():
        place.sql(
            "CREATE TEMP TABLE turned AS SELECT position, version FROM journal WHERE type = 'TODO' AND code = "
            "(SELECT code FROM todo WHERE version = 3) AND version < 3"
        )
        place.sql("UPDATE journal SET position = -position WHERE position IN (SELECT position FROM turned)")
        place.sql("UPDATE journal SET position = (SELECT sum(position) FROM turned) + position WHERE position < 0")
        place.sql("DROP TABLE turned")
        assert place.kinds() == [Kind.LINE_ORDER]


def test_what_the_log_lost_is_found(place: Place) -> None:
    with missing(place.id(place.todo("short lived")), version=1, place=place):
        assert place.kinds() == [Kind.LINE_UNKNOWN, Kind.ROW_UNKNOWN]
    with missing(place.id(place.todo("one", "two", "three")), version=2, place=place):
        assert [(each.kind, each.version) for each in place.verify()] == [(Kind.LOG_GAP, 2)]


def test_what_was_never_shown_is_found_and_so_is_a_row_that_fails(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.todo("not shown")
    assert place.kinds() == [Kind.LINE_MISSING, Kind.ROW_MISSING]
    place.drain()

    def fail(todo: object) -> TodoRow:
        raise ValueError("no row")

    with monkeypatch.context() as patch:
        patch.setitem(PROJECTIONS, "TODO", Projection(TODO, TodoRow, fail))
        found = place.verify()
        assert {each.kind for each in found} == {Kind.ROW_FAILS}
        assert found[0].found == "ValueError: no row"


def test_a_counter_that_moved_by_itself_is_found(place: Place) -> None:
    pk = partition("STOCK", place.code)
    place.store.write([Move(pk, "apple", {"available": -100})], token=f"{place.code} there")
    assert place.kinds() == [Kind.COUNTER, Kind.FLOOR]
    place.store.write([Move(pk, "apple", {"available": 100})], token=f"{place.code} back")
    place.store.write([Move(pk, "fig", {"on_hand": 1})], token=f"{place.code} fig")
    assert [(each.kind, each.id) for each in place.verify()] == [(Kind.COUNTER, "STOCK#fig#on_hand")]
    place.store.write([Move(pk, "fig", {"on_hand": -1})], token=f"{place.code} no fig")


def test_a_number_that_made_nothing_is_found(place: Place) -> None:
    pk, sk = sequence_key(place.code, BASKET.type)
    last = place.store.number(pk, sk)
    place.store.write([Take(pk, sk, seen=last)], token=f"{place.code} taken")
    assert [(each.kind, each.id, each.found) for each in place.verify()] == [(Kind.NUMBER_MISSING, "BASKET", str(last))]
    place.store.write([Take(pk, sk, seen=last + 1, count=-2)], token=f"{place.code} taken back")
    assert [(each.kind, each.found) for each in place.verify()] == [(Kind.NUMBER_UNTAKEN, str(last - 1))]
    place.store.write([Take(pk, sk, seen=last - 1)], token=f"{place.code} given back")


def test_changes_that_moved_something_else_than_their_states_are_found(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    basket = place.writer.send(BASKET.create(lines=(("apple", 1),))).version
    place.writer.send(BASKET.ref(basket.sk).ask(refill, lines=(("apple", 2),)))
    place.drain()

    def forgetful(before: Basket | None, after: Basket | None) -> Deltas:
        return reserved(before, after) if before or (after and after.lines != (("apple", 2),)) else {}

    with monkeypatch.context() as patch:
        patch.setattr(BASKET, "_counts", forgetful)
        found = {(each.kind, each.id) for each in place.verify()}
        assert found >= {(Kind.STATES, f"STOCK#apple#{number}") for number in ("available", "reserved")}
    place.writer.send(BASKET.ref(basket.sk).ask(empty))
    place.drain()


def test_what_is_set_apart_is_listed_and_only_what_is_discarded_is_no_fault(place: Place) -> None:
    shown = place.todo("old")
    basket = place.writer.send(BASKET.create(lines=(("apple", 1),))).version
    place.drain()
    id = place.id(shown)
    with set_apart(id, place), set_apart(basket.id, place):
        place.writer.send(TODO.ref(shown).ask(edit, name="new"), BASKET.ref(basket.sk).ask(refill, lines=()))
        place.drain()
        found = place.verify()
        assert [(each.kind, each.is_fault) for each in found] == [(Kind.PARKED, True)] * 2
        for each in (id, basket.id):
            discard(each, reason="test data", by="staff:1")
        told = "discarded by staff:1: test data"
        assert [(each.is_fault, each.found) for each in place.verify()] == [(False, told)] * 2


def test_what_is_written_meanwhile_is_no_difference(place: Place) -> None:
    """Counters move all the time as well; only one that never rests between two looks could be taken for wrong."""
    over = threading.Event()

    def keep(do: Callable[[], object], pause: float) -> None:
        try:
            while not over.wait(pause):
                do()
        finally:
            connection.close()

    def sell() -> None:
        made = place.writer.send(BASKET.create(lines=(("pear", 1),))).version
        place.writer.send(BASKET.ref(made.sk).ask(empty))

    def change() -> None:
        place.todo("new", "newer", "newest")

    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(keep, do, pause) for do, pause in ((sell, 0.3), (change, 0.05), (follow, 0))]
        try:
            assert [each for _ in range(2) for each in place.verify(wait=20)] == []
        finally:
            over.set()
        for each in working:
            each.result()
    place.drain()


def test_a_sample_finds_what_is_wrong_with_whom_it_meets(place: Place) -> None:
    assert place.verify(sample=1000) == []
    with place.restored():
        place.sql("DELETE FROM journal WHERE type = 'TODO'")
        assert {each.kind for each in place.verify(sample=1000)} == {Kind.LINE_MISSING}


def test_the_command_prints_one_a_line_and_ends_with_1(place: Place) -> None:
    out = StringIO()
    call_command("verify", tenant=[place.code], wait=0.0, stdout=out)
    assert out.getvalue() == "clean\n"
    with place.restored():
        place.sql("DELETE FROM todo WHERE version = 3")
        for as_json in (False, True):
            out = StringIO()
            with pytest.raises(CommandError):
                call_command("verify", tenant=[place.code], wait=0.0, json=as_json, stdout=out)
            kind = json.loads(out.getvalue())["differences"][0]["kind"] if as_json else out.getvalue().split()[0]
            assert kind == "row_missing"


@contextmanager
def missing(id: str, *, version: int, place: Place) -> Iterator[None]:
    """A version that is shown, and then for a while not in the log."""
    place.drain()
    key = {"id": {"S": id}, "version": {"N": str(version)}}
    item = dynamodb().delete_item(TableName=table("events"), Key=key, ReturnValues="ALL_OLD")["Attributes"]
    yield
    dynamodb().put_item(TableName=table("events"), Item=item)


@contextmanager
def set_apart(id: str, place: Place) -> Iterator[None]:
    """An entity that is parked, and at last shown."""
    state = Parked.State.PARKED
    Parked.objects.create(entity_id=id, tenant_code=place.code, state=state, version=1, error="x", parked_at=Now())
    yield
    call_command("parked", "retry", id, verbosity=0)
