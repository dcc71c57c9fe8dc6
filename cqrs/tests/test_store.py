"""What both stores promise, below the writer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cqrs.codec import TooLarge
from cqrs.decide import Origin
from cqrs.domain import Actor, Conflict, NotFound
from cqrs.log import ForeignKey, Log
from cqrs.sequences import sequence_key
from cqrs.store import Append, Keep, Receipt, Rejected, Store, Take
from cqrs.tests.toy import LAMP, Lamp, relabel
from cqrs.writer import Writer

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _receipt(tenant: str, **changes: object) -> Receipt:
    kept = Receipt(tenant, "key", "digest", 201, "id", 1, "command", 2_000_000_000)
    return replace(kept, **changes)  # type: ignore[arg-type]  # a test's shorthand


def test_a_version_is_put_once_and_the_loser_is_shown_the_winner(writer: Writer, store: Store) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    fact = store.read(made.id)
    assert fact
    with pytest.raises(Rejected) as rejected:
        store.write([Append(replace(fact, command_id="another"))], token="t")
    assert rejected.value.found == fact


def test_all_or_nothing(writer: Writer, store: Store, tenant: str) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    fact = store.read(made.id)
    assert fact
    key = sequence_key(tenant, "LAMP")
    with pytest.raises(Rejected):
        store.write([Append(replace(fact, version=2)), Take(*key, seen=7), Keep(_receipt(tenant))], token="t")
    assert (store.read(made.id), store.number(*key), store.receipt(tenant, "key")) == (fact, 1, None)


def test_a_set_of_writes_sent_twice_happens_once(writer: Writer, store: Store, tenant: str) -> None:
    key = sequence_key(tenant, "OTHER")
    for _ in range(2):
        store.write([Take(*key, seen=0), Keep(_receipt(tenant))], token=f"once-{tenant}")
    assert store.number(*key) == 1


def test_a_sequence_that_moved_says_where_it_is(store: Store, tenant: str) -> None:
    key = sequence_key(tenant, "LAMP")
    store.write([Take(*key, seen=0)], token=f"a{tenant}")
    with pytest.raises(Rejected) as rejected:
        store.write([Take(*key, seen=0)], token=f"b{tenant}")
    assert rejected.value.found == 1


def test_fast_numbers_go_up_by_one(store: Store, tenant: str) -> None:
    assert [store.next_number(*sequence_key(tenant, "X")) for _ in range(3)] == [1, 2, 3]


def test_a_receipt_is_kept_and_the_next_is_shown_it(store: Store, tenant: str) -> None:
    kept = _receipt(tenant)
    store.write([Keep(kept)], token="a")
    assert store.receipt(tenant, "key") == kept
    with pytest.raises(Rejected) as rejected:
        store.write([Keep(_receipt(tenant, command_id="another"))], token="b")
    assert rejected.value.found == kept


def test_the_first_write_that_cannot_be_done_speaks(writer: Writer, store: Store, tenant: str) -> None:
    fact = store.read(writer.send(LAMP.create(name="Desk")).version.id)
    assert fact
    take, append = Take(*sequence_key(tenant, "LAMP"), seen=7), Append(replace(fact, command_id="another"))
    for first, second in ((take, append), (append, take)):
        with pytest.raises(Rejected) as rejected:
            store.write([first, second], token=f"{tenant}{first}")
        assert rejected.value.write == first


def test_a_version_and_a_time_are_read_as_they_were(store: Store, tenant: str) -> None:
    clock = iter(NOW + timedelta(minutes=minute) for minute in range(10))
    writer = Writer(Log(store, tenant), Origin(Actor("user:1")), clock=lambda: next(clock))
    made = writer.send(LAMP.create(name="v1")).version
    for name in ("v2", "v3"):
        writer.send(LAMP.ref(made.sk).ask(relabel, name=name))
    log = writer.log
    assert [log.get(LAMP, made.sk, version=n).state.name for n in (1, 2, 3)] == ["v1", "v2", "v3"]
    assert log.get(LAMP, made.sk, as_of=NOW + timedelta(seconds=90)).state.name == "v2"
    with pytest.raises(NotFound):
        log.get(LAMP, made.sk, as_of=NOW - timedelta(seconds=1))
    for minute, name in enumerate(("v1", "v2", "v3", "v3")):
        assert log.get(LAMP, made.sk, as_of=NOW + timedelta(minutes=minute)).state.name == name
    assert [each.version for each in log.history(LAMP, made.sk, after=1, limit=1)] == [2]


def test_time_never_goes_back_within_an_entity(store: Store, tenant: str) -> None:
    clock = iter([NOW, NOW - timedelta(hours=1)])
    writer = Writer(Log(store, tenant), Origin(Actor("user:1")), clock=lambda: next(clock))
    made = writer.send(LAMP.create(name="v1")).version
    assert writer.send(LAMP.ref(made.sk).ask(relabel, name="v2")).version.at == NOW


def test_what_is_stored_comes_back_as_it_was(writer: Writer) -> None:
    name = 'ünï ☃ 🦉 "quoted" \\ \n tab\t'
    made = writer.send(LAMP.create(name=name)).version
    assert writer.log.get(LAMP, made.sk).state == Lamp(name=name, last=made.at.isoformat())


def test_a_handle_refuses_another_tenants_key(writer: Writer, store: Store, tenant: str) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    fact = store.read(made.id)
    assert fact
    stranger = Log(store, "somebody-else")
    for write in (Append(replace(fact, version=2)), Keep(_receipt(tenant)), Take("SEQ#" + tenant, "LAMP", 1)):
        with pytest.raises(ForeignKey):
            stranger.write([write], token="t")
    assert store.read(made.id) == fact


def test_a_version_too_large_to_keep_is_refused(writer: Writer) -> None:
    with pytest.raises(TooLarge) as refused:
        writer.send(LAMP.create(name="x" * 180_000))
    assert refused.value.fields["limit"] == 350 * 1024
    assert writer.send(LAMP.create(name="small")).version.code == "L-0001"


def test_a_conflict_on_a_fresh_entity_names_its_version(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    with pytest.raises(Conflict) as conflict:
        writer.send(LAMP.ref(made.sk, version=0).ask(relabel, name="x"))
    assert conflict.value.current_version == 1


def test_many_are_read_at_once_and_what_is_not_there_is_left_out(writer: Writer, store: Store) -> None:
    made = [writer.send(LAMP.create(name="x" * 1000)).version for _ in range(3)]
    for each in range(120):
        writer.send(LAMP.ref(made[0].sk).ask(relabel, name=f"v{each}"))
    keys = [(made[0].id, version) for version in range(1, 125)] + [(each.id, 1) for each in made[1:]]
    found = {(fact.id, fact.version) for fact in store.read_many(keys)}
    assert found == {*keys} - {(made[0].id, 122), (made[0].id, 123), (made[0].id, 124)}
