"""Following the stream: leases, epochs, the doorbell's race, and what happens when the stream has forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tenants.utils import schema_context
from structlog.testing import capture_logs

from config.lag import database_now, is_behind, lag_seconds
from conftest import Api, TestTenant
from cqrs.projector.faults import Fenced
from cqrs.stream.leases import STALE, Lease, Leases
from cqrs.stream.models import Shard
from cqrs.stream.slices import follow, follower
from cqrs.stream.source import ShardInfo, Trimmed
from todos.models import TodoRow

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture
def leases() -> Leases:
    return Leases("me:1")


@pytest.fixture
def shard(leases: Leases) -> str:
    """A shard that no stream knows, the only one that can be claimed."""
    name = f"test-{uuid4()}"
    leases.register([ShardInfo(name, "")])
    return name


@pytest.fixture(autouse=True)
def _no_other_shards() -> Iterator[None]:
    yield
    Shard.objects.filter(id__startswith="test-").delete()


def _claim(leases: Leases, name: str, *, idle_for: timedelta = timedelta()) -> Lease | None:
    others = Shard.objects.exclude(id=name).values_list("id", flat=True)
    return leases.claim(but=list(others), idle_for=idle_for)


def test_a_shard_has_one_holder_at_a_time(leases: Leases, shard: str) -> None:
    assert _claim(leases, shard) is not None
    assert _claim(leases, shard) is None


def test_a_lease_that_ran_out_is_claimed_under_a_new_epoch_and_fences_the_old_one(leases: Leases, shard: str) -> None:
    old = _claim(leases, shard)
    assert old
    leases.bury("me:1")
    new = _claim(Leases("you:2"), shard)
    assert new
    assert (new.epoch, new.deaths) == (old.epoch + 1, 1)
    for late in (leases.commit(old, last="7"), leases.renew(old)):
        with pytest.raises(Fenced), transaction.atomic(), connection.cursor() as cursor:
            late(cursor)
    with pytest.raises(Fenced):
        leases.mark(old, ["a"])
    with transaction.atomic(), connection.cursor() as cursor:
        leases.commit(new, last="8")(cursor)
    found = Shard.objects.get(id=shard)
    assert (found.checkpoint, found.deaths) == ("8", 0)


def test_suspects_are_remembered_and_others_start_anew(leases: Leases, shard: str) -> None:
    for suspects, deaths in (["a", "b"], 1), (["a"], 1), (["a"], 2):
        lease = _claim(leases, shard)
        assert lease
        leases.mark(lease, suspects)
        leases.bury("me:1")
        found = _claim(leases, shard)
        assert found
        assert (found.suspects, found.deaths) == (tuple(suspects), deaths)
        leases.let_go(found)


def test_a_shard_given_back_is_no_death(leases: Leases, shard: str) -> None:
    lease = _claim(leases, shard)
    assert lease
    leases.let_go(lease)
    again = _claim(leases, shard)
    assert again
    assert again.deaths == 0


def test_a_child_waits_for_its_parent(leases: Leases, shard: str) -> None:
    child = f"test-{uuid4()}"
    leases.register([ShardInfo(child, shard)])
    assert _claim(leases, child) is None
    parent = _claim(leases, shard)
    assert parent
    leases.close(parent)
    assert _claim(leases, child) is not None


def test_a_ring_while_a_shard_is_held_makes_its_holder_look_again(leases: Leases, shard: str) -> None:
    lease = _claim(leases, shard)
    assert lease
    assert leases.ring()
    assert leases.release(lease) is False
    assert leases.release(lease) is True
    assert leases.release(lease) is True


def test_a_shard_just_looked_at_is_left_alone_by_a_periodic_slice(leases: Leases, shard: str) -> None:
    lease = _claim(leases, shard)
    assert lease
    leases.release(lease)
    assert _claim(leases, shard, idle_for=timedelta(seconds=60)) is None
    assert _claim(leases, shard) is not None


def test_a_shard_that_nobody_read_for_a_day_is_stale(leases: Leases, shard: str) -> None:
    Shard.objects.filter(id=shard).update(caught_up_at=timezone.now() - STALE)
    lease = _claim(leases, shard)
    assert lease
    assert lease.is_stale


def test_what_is_written_is_shown_and_the_lag_is_small(api: Api, acme: TestTenant) -> None:
    name = str(uuid4())
    api("POST", "todos/", {"name": name})
    api.drain()
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1
    assert lag_seconds() < 5


def test_the_first_shards_are_read_after_the_table_itself(api: Api, acme: TestTenant) -> None:
    """A Postgres that was lost, or is new, beside a log that is older than its stream."""
    api("POST", "todos/", {"name": (name := str(uuid4()))})
    Shard.objects.all().delete()
    api.drain()
    segments = Shard.objects.exclude(segment="")
    assert (segments.count(), segments.filter(is_closed=False).count()) == (4, 0)
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1


def test_what_the_stream_forgot_is_read_from_the_table(
    api: Api, acme: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB Local forgets nothing for 24 hours, so the fault is injected where the stream answers."""
    api.drain()
    api("POST", "todos/", {"name": (name := str(uuid4()))})
    long_ago = "1" * 21
    source = follower().source
    reached = source.iterator

    def trimmed(shard: str, *, after: str) -> str:
        if after == long_ago:
            raise Trimmed
        return reached(shard, after=after)

    monkeypatch.setattr(source, "iterator", trimmed)
    Shard.objects.filter(is_closed=False).update(checkpoint=long_ago)
    with capture_logs() as logs:
        api.drain()
    assert "stream trimmed" in [line["event"] for line in logs]
    assert Shard.objects.filter(id__contains=long_ago, is_closed=True).count() == 4
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1


def test_a_shard_that_ended_is_followed_by_its_children_even_when_nobody_noted_them(api: Api, acme: TestTenant) -> None:
    api.drain()
    Shard.objects.update(is_closed=True)
    Shard.objects.create(id=f"test-{uuid4()}", leased_until=Now(), caught_up_at=Now(), is_closed=True)
    assert is_behind(database_now())
    Shard.objects.filter(id__startswith="shardId").delete()
    api("POST", "todos/", {"name": (name := str(uuid4()))})
    api.drain()
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1


def test_a_failed_slice_gives_its_shard_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api("POST", "todos/", {"name": "x"})

    def fail(*_: object, **__: object) -> int:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr("cqrs.stream.view.apply", fail)
        with pytest.raises(DatabaseError):
            follow()
    assert follow(looks=2) >= 1
