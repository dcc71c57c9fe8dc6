"""The projector: exactly once in effect, in any order of delivery and any number of deliveries."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django_tenants.utils import schema_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import TestTenant
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.log import Log
from cqrs.models import JournalLine, list_by_pk
from cqrs.projector import apply, show
from cqrs.projector.faults import Fenced, is_passing
from cqrs.store import Fact, MemoryStore
from cqrs.stream.models import JournalHead, Parked
from cqrs.writer import Writer
from todos.domain import TODO, complete, edit, remove
from todos.models import TodoRow


class World:
    """A tenant's log in memory, and what Postgres shows of it. Codes are made unlike any other test's."""

    def __init__(self, schema: str) -> None:
        self.store, self.schema = MemoryStore(), schema
        self.writer = Writer(Log(self.store, "acme"), Origin(Actor("user:1")))
        for tenant in ("acme", "globex", "nobody"):
            self.store._numbers[f"SEQ#{tenant}", "TODO"] = random.randrange(10**6, 10**12)

    def facts(self) -> list[Fact]:
        """Every version there is."""
        return [fact for facts in self.store._facts.values() for fact in facts]

    def write(self, changes: int = 3) -> list[Fact]:
        """An entity created and changed some times; its facts."""
        sk = self.writer.send(TODO.create(name="v1")).version.sk
        for number in range(changes):
            self.writer.send(TODO.ref(sk).ask(edit, name=f"v{number + 2}"))
        return [fact for fact in self.facts() if fact.sk == sk]

    def shown(self, facts: list[Fact]) -> tuple[list[dict[str, Any]], list[tuple[str, int]]]:
        """Rows and journal lines of these facts' entities."""
        ids = {fact.id for fact in facts}
        with schema_context(self.schema):
            rows: list[Any] = list(TodoRow.objects.filter(id__in=ids).order_by("id").values())
            lines = JournalLine.objects.filter(entity_id__in=ids).order_by("position")
            return rows, list(lines.values_list("entity_id", "version"))


@pytest.fixture
def world(acme: TestTenant) -> World:
    return World(acme.schema)


@pytest.fixture(autouse=True)
def _journal_stays_gapless(acme: TestTenant) -> Iterator[None]:
    yield
    with schema_context(acme.schema):
        positions = list(JournalLine.objects.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        assert JournalHead.objects.get(tenant_code=acme.code).position == len(positions)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shuffled_doubled_and_gapped_delivery_shows_the_same(world: World, data: st.DataObject) -> None:
    facts = world.write(changes=4) + world.write(changes=2)
    deliveries = data.draw(st.permutations(facts * 3))
    lost = data.draw(st.sampled_from(facts))
    newest = {fact.id: max(other.version for other in facts if other.id == fact.id) for fact in facts}
    if lost.version != newest[lost.id]:
        deliveries = [fact for fact in deliveries if fact != lost]
    while deliveries:
        size = data.draw(st.integers(1, len(deliveries)))
        apply(deliveries[:size], store=world.store)
        deliveries = deliveries[size:]
    rows, lines = world.shown(facts)
    assert {row["id"]: row["version"] for row in rows} == newest
    assert {row["id"]: row["name"] for row in rows} == {id: f"v{version}" for id, version in newest.items()}
    assert sorted(lines) == sorted((fact.id, fact.version) for fact in facts)
    for id, most in newest.items():
        assert [version for line, version in lines if line == id] == list(range(1, most + 1))


def test_a_late_older_version_changes_nothing(world: World) -> None:
    facts = world.write()
    apply([facts[-1]], store=world.store)
    shown = world.shown(facts)
    assert apply(facts[:-1], store=world.store) == 0
    assert world.shown(facts) == shown


def test_a_deletion_seen_first_stays_deleted(world: World) -> None:
    sk = world.writer.send(TODO.create(name="gone")).version.sk
    world.writer.send(TODO.ref(sk).ask(remove))
    facts = [fact for fact in world.facts() if fact.sk == sk]
    apply([facts[1]], store=world.store)
    apply([facts[0]], store=world.store)
    rows, lines = world.shown(facts)
    assert (rows[0]["is_deleted"], len(lines)) == (True, 2)


def test_a_lost_lease_undoes_rows_and_journal(world: World) -> None:
    facts = world.write()

    def fail(_: object) -> None:
        raise Fenced

    with pytest.raises(Fenced):
        apply(facts, store=world.store, commit=fail, renew=fail)
    assert world.shown(facts) == ([], [])


def test_whoever_stands_still_in_the_middle_is_ended_and_nobody_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "LEFT_ALONE", "200ms")
    frozen, other = world.write(), world.write()

    def stand_still(cursor: CursorWrapper) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_apply_elsewhere, other, world.store).result()
        cursor.execute("SELECT 1")

    with pytest.raises(DatabaseError) as caught:
        apply(frozen, store=world.store, commit=stand_still)
    connection.close()
    assert is_passing(caught.value)
    assert world.shown(frozen) == ([], [])
    assert len(world.shown(other)[1]) == len(other)


def test_facts_of_two_tenants_in_one_batch_land_in_their_own_schemas(
    acme: TestTenant, globex: TestTenant, world: World
) -> None:
    theirs = Writer(Log(world.store, "globex"), world.writer.origin)
    name = str(uuid4())
    mine, other = (each.send(TODO.create(name=name)).version for each in (world.writer, theirs))
    apply(world.facts(), store=world.store)
    for schema, id in ((acme.schema, mine.id), (globex.schema, other.id)):
        with schema_context(schema):
            assert list(TodoRow.objects.filter(name=name).values_list("id", flat=True)) == [id]


def test_postgres_itself_refuses_another_tenants_row(acme: TestTenant, world: World) -> None:
    facts = world.write()
    apply(facts, store=world.store)
    with schema_context(acme.schema), connection.cursor() as cursor, pytest.raises(DatabaseError, match="foreign key"):
        cursor.execute("UPDATE todo SET tenant_code = 'globex' WHERE id = %s", [facts[0].id])


def test_an_unknown_tenants_facts_wait_and_stop_nobody(world: World) -> None:
    stranger = Writer(Log(world.store, "nobody"), world.writer.origin)
    mine, theirs = (each.send(TODO.create(name="x")).version for each in (world.writer, stranger))
    apply(world.facts(), store=world.store)
    assert len(world.shown([fact for fact in world.facts() if fact.id == mine.id])[0]) == 1
    held = Parked.objects.get(entity_id=theirs.id)
    assert (held.state, held.version, held.tenant_code) == ("held", 1, "nobody")
    held.delete()


def test_a_partition_is_listed_in_the_order_of_its_sort_keys(world: World) -> None:
    facts = [fact for _ in range(3) for fact in world.write(changes=0)]
    apply(facts, store=world.store)
    first, second, third = sorted(fact.sk for fact in facts)
    with schema_context(world.schema):
        mine = TodoRow.objects.filter(id__in=[fact.id for fact in facts])
        assert [row.sk for row in list_by_pk(mine, "TODO#acme", limit=2)] == [first, second]
        assert [row.sk for row in list_by_pk(mine, "TODO#acme", limit=2, start_from_sk=second)] == [third]
        assert list(list_by_pk(mine, "TODO#globex", limit=2)) == []


def test_the_row_is_the_newest_state_and_the_journal_keeps_each(world: World) -> None:
    facts = world.write(changes=1)
    world.writer.send(TODO.ref(facts[0].sk).ask(complete))
    facts = [fact for fact in world.facts() if fact.sk == facts[0].sk]
    apply(facts, store=world.store)
    with schema_context(world.schema):
        row = TodoRow.objects.get(id=facts[0].id)
        assert (row.status, row.version, row.updated_by, row.partition) == ("completed", 3, "user:1", "TODO#acme")
        lines = JournalLine.objects.filter(entity_id=row.id).order_by("position")
        assert [(line.fact, line.attributes["status"]) for line in lines] == [
            ("created", "pending"),
            ("edited", "pending"),
            ("completed", "completed"),
        ]


def _apply_elsewhere(facts: Sequence[Fact], store: MemoryStore) -> None:
    try:
        apply(facts, store=store)
    finally:
        connection.close()
