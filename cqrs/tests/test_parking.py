"""What cannot be shown is set apart, and the rest goes on; what can be shown again is."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from django_tenants.utils import schema_context

from config.environment import environment
from conftest import TestTenant
from cqrs.domain import Version
from cqrs.log import Log
from cqrs.models import JournalLine
from cqrs.projections import PROJECTIONS, projects
from cqrs.projector import apply, parking
from cqrs.projector.parking import BreakerOpen
from cqrs.projector.unpark import discard, release, resume, retry
from cqrs.store import Fact, MemoryStore
from cqrs.stream.models import Breaker, HeldTenant, Parked
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.flaky import FLAKY, MENDED, Flaky, FlakyRow, rename, row
from cqrs.writer import Writer

BAD = ("data", "integrity", "commit")


class World:
    """Tenants' logs in memory, and what Postgres shows of them."""

    def __init__(self, schemas: dict[str, str]) -> None:
        self.store, self._schemas = MemoryStore(), schemas
        for tenant in (*schemas, "nobody"):
            self.store._numbers[f"SEQ#{tenant}", "FLAKY"] = uuid4().int >> 70

    def make(self, *names: str, tenant: str = "acme") -> list[Version[Flaky]]:
        writer = Writer(Log(self.store, tenant), ORIGIN)
        return [writer.send(FLAKY.create(name=name)).version for name in names]

    def rename(self, flaky: Version[Flaky], name: str) -> None:
        writer = Writer(Log(self.store, flaky.tenant_code), ORIGIN)
        writer.send(FLAKY.ref(flaky.sk).ask(rename, name=name))

    def facts(self) -> list[Fact]:
        return [fact for facts in self.store._facts.values() for fact in facts]

    def shown(self, versions: Sequence[Version[Flaky]]) -> list[str]:
        """The labels of the rows of these entities, in their order; none where there is no row."""
        with schema_context(self._schemas[versions[0].tenant_code]):
            found = dict(FlakyRow._default_manager.values_list("id", "label"))
        return [found[version.id] for version in versions if version.id in found]

    def journal(self, version: Version[Flaky]) -> list[int]:
        with schema_context(self._schemas[version.tenant_code]):
            lines = JournalLine.objects.filter(entity_id=version.id).order_by("position")
            return list(lines.values_list("version", flat=True))


@pytest.fixture(scope="module", autouse=True)
def _tables(tenants: dict[str, TestTenant]) -> Iterator[None]:
    for tenant in tenants.values():
        with schema_context(tenant.schema), connection.schema_editor() as editor:
            editor.create_model(FlakyRow)
    projects(FLAKY, FlakyRow)(row)
    yield
    del PROJECTIONS[FLAKY.type]


@pytest.fixture
def world(tenants: dict[str, TestTenant]) -> Iterator[World]:
    Parked.objects.all().delete()
    yield World({tenant.code: tenant.schema for tenant in tenants.values()})
    MENDED.clear()
    for model in (Parked, HeldTenant, Breaker):
        model._default_manager.all().delete()


@pytest.mark.parametrize("way", BAD)
def test_only_the_entity_that_cannot_be_shown_is_parked(world: World, way: str) -> None:
    good, [bad] = world.make("a", "b", "c", "d", "e"), world.make(way)
    assert apply(world.facts(), store=world.store) == 5
    assert world.shown(good) == ["a", "b", "c", "d", "e"]
    parked = Parked.objects.get()
    assert (parked.entity_id, parked.version, parked.state, parked.tenant_code) == (bad.id, 1, "parked", "acme")
    assert parked.error
    assert (world.shown([bad]), world.journal(bad)) == ([], [])


def test_a_bad_one_among_good_ones_of_another_tenant_hinders_nobody(world: World) -> None:
    mine, theirs, [bad] = world.make("a"), world.make("b", tenant="globex"), world.make("data", tenant="globex")
    apply(world.facts(), store=world.store)
    assert (world.shown(mine), world.shown(theirs)) == (["a"], ["b"])
    assert Parked.objects.get().entity_id == bad.id


def test_a_parked_entity_gets_neither_rows_nor_lines_however_much_comes(world: World) -> None:
    [bad] = world.make("data")
    apply(world.facts(), store=world.store)
    world.rename(bad, "good again")
    assert apply(world.facts(), store=world.store) == 0
    assert Parked.objects.get().version == 2
    assert (world.shown([bad]), world.journal(bad)) == ([], [])


def test_the_checkpoint_is_committed_once_and_after_the_parts(world: World) -> None:
    world.make("a", "data", "b")
    seen: list[str] = []
    apply(
        world.facts(), store=world.store, commit=lambda _: seen.append("commit"), renew=lambda _: seen.append("renew")
    )
    assert seen == ["renew"] * (len(seen) - 1) + ["commit"]
    assert len(seen) > 1


def test_a_retry_after_the_fix_writes_all_versions_in_order(world: World) -> None:
    [bad] = world.make("data")
    apply(world.facts(), store=world.store)
    world.rename(bad, "two")
    world.rename(bad, "three")
    with pytest.raises(ValueError, match="no row"):
        retry(bad.id, store=_only(world.store, bad.id, 1))
    assert Parked.objects.get().error.startswith("ValueError")
    MENDED.add("data")
    assert retry(bad.id, store=world.store) == 3
    assert (world.shown([bad]), world.journal(bad)) == (["three"], [1, 2, 3])
    assert not Parked.objects.exists()


def test_a_discarded_entity_keeps_its_old_rows_and_says_who_and_why(world: World) -> None:
    [flaky] = world.make("first")
    apply(world.facts(), store=world.store)
    world.rename(flaky, "data")
    apply(world.facts(), store=world.store)
    with pytest.raises(ValueError, match="why"):
        discard(flaky.id, reason=" ", by="staff:1")
    discard(flaky.id, reason="test data", by="staff:1")
    parked = Parked.objects.get()
    assert (parked.state, parked.reason, parked.decided_by) == ("discarded", "test data", "staff:1")
    world.rename(flaky, "later")
    apply(world.facts(), store=world.store)
    assert (world.shown([flaky]), world.journal(flaky)) == (["first"], [1])
    assert retry(flaky.id, store=world.store) == 2
    assert world.shown([flaky]) == ["later"]


def test_a_tenant_whose_tables_are_locked_is_held_and_shown_when_they_are_free(world: World) -> None:
    mine, theirs = world.make("a"), world.make("b", tenant="globex")
    schema = world._schemas["globex"]
    with psycopg.connect(environment_url()) as locker:
        locker.execute(f'LOCK TABLE "{schema}".flaky IN ACCESS EXCLUSIVE MODE')
        assert apply(world.facts(), store=world.store) == 1
        assert (world.shown(mine), HeldTenant.objects.get().tenant_code) == (["a"], "globex")
        more = world.make("c", tenant="globex")
        assert apply(world.facts(), store=world.store) == 0  # waits for nobody
        assert release(store=world.store) == 0
        assert Parked.objects.filter(state="held").count() == 2
    assert release(store=world.store) == 2
    assert world.shown([*theirs, *more]) == ["b", "c"]
    assert not HeldTenant.objects.exists()
    assert not Parked.objects.exists()


def test_a_tenant_that_lacks_a_table_is_held(world: World) -> None:
    [made] = world.make("a", tenant="globex")
    with schema_context(world._schemas["globex"]), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE flaky RENAME TO elsewhere")
        assert apply(world.facts(), store=world.store) == 0
        assert HeldTenant.objects.get().tenant_code == "globex"
        cursor.execute("ALTER TABLE elsewhere RENAME TO flaky")
    assert release(store=world.store) == 1
    assert world.shown([made]) == ["a"]


def test_what_came_while_a_tenant_was_held_is_parked_alone_if_it_is_bad(world: World) -> None:
    HeldTenant.objects.create(tenant_code="acme", held_at=Now())
    good, [bad] = world.make("a", "b"), world.make("data")
    apply(world.facts(), store=world.store)
    assert release(store=world.store) == 2
    assert world.shown(good) == ["a", "b"]
    assert (Parked.objects.get().entity_id, Parked.objects.get().state) == (bad.id, "parked")


def test_a_release_that_would_park_many_trips_the_breaker_and_a_good_one_closes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "MANY", 3)
    world.make(*["data"] * 5)
    with pytest.raises(BreakerOpen):
        apply(world.facts(), store=world.store)
    assert Parked.objects.count() == 3
    world.make("good")
    with pytest.raises(BreakerOpen):
        apply(world.facts(), store=world.store)
    assert Parked.objects.count() == 3
    MENDED.add("data")
    assert apply(world.facts(), store=world.store) == 3
    assert not Breaker.objects.exists()


def test_the_breaker_can_be_closed_by_hand(world: World) -> None:
    assert resume() is False
    Breaker.objects.create(entity_id="x", tripped_at=Now())
    assert resume() is True


def test_old_parkings_do_not_trip_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking, "MANY", 1)
    for _ in range(2):
        world.make("data")
        apply(world.facts(), store=world.store)
        Parked.objects.update(parked_at=Now() - timedelta(minutes=2))
    assert Parked.objects.count() == 2


def test_what_is_parked_is_not_tried_again_with_each_delivery(world: World) -> None:
    world.make("data")
    apply(world.facts(), store=world.store)
    before = Parked.objects.get().parked_at
    world.make("good")
    assert apply(world.facts(), store=world.store) == 1
    assert Parked.objects.get().parked_at == before


def test_the_command_lists_retries_and_discards(world: World, capsys: Any) -> None:
    first, second = world.make("data", "integrity")
    apply(world.facts(), store=world.store)
    call_command("parked", "list")
    told = capsys.readouterr().out
    assert first.id in told
    assert "ValueError" in told
    with pytest.raises(CommandError, match="reason"):
        call_command("parked", "discard", second.id)
    call_command("parked", "discard", second.id, "--reason", "a test")
    assert Parked.objects.get(entity_id=second.id).state == "discarded"
    with pytest.raises(CommandError, match="not parked"):
        call_command("parked", "retry", "FLAKY#acme#FLAKY#nothing")


def _only(store: MemoryStore, id: str, versions: int) -> MemoryStore:
    """A store that knows the first versions of one entity alone."""
    found = MemoryStore()
    found._facts[id] = store._facts[id][:versions]
    return found


def environment_url() -> str:
    """The test's own database."""
    there = connection.settings_dict
    return environment().database.rpartition("/")[0] + f"/{there['NAME']}"
