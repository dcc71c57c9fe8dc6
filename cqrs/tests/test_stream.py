"""Following the stream: leases, epochs, the doorbell's race, and what happens when the stream has forgotten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django_tenants.utils import schema_context
from structlog.testing import capture_logs

from config.lag import database_now, is_behind, lag_seconds
from conftest import Api, TestTenant
from cqrs.dynamodb.stream import ShardInfo, Trimmed, iterator
from cqrs.stream import follow, leases
from cqrs.stream.models import Shard
from todos.models import TodoRow

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture
def shard() -> str:
    """A shard that no stream knows, the only one that can be claimed."""
    name = f"test-{uuid4()}"
    leases.register([ShardInfo(name, "")])
    return name


@pytest.fixture(autouse=True)
def _no_other_shards() -> None:
    Shard.objects.filter(id__startswith="test-").delete()


def _claim(name: str) -> leases.Lease | None:
    others = Shard.objects.exclude(id=name).values_list("id", flat=True)
    return leases.claim(but=list(others))


def test_a_shard_has_one_holder_at_a_time(shard: str) -> None:
    assert _claim(shard) is not None
    assert _claim(shard) is None


def test_a_lease_that_ran_out_is_claimed_under_a_new_epoch_and_fences_the_old_one(shard: str) -> None:
    old = _claim(shard)
    assert old
    leases.let_go(old)
    new = _claim(shard)
    assert new
    assert new.epoch == old.epoch + 1
    with pytest.raises(leases.Fenced), transaction.atomic(), connection.cursor() as cursor:
        leases.checkpoint(cursor, old, last="7")
    with transaction.atomic(), connection.cursor() as cursor:
        leases.checkpoint(cursor, new, last="8")
    assert Shard.objects.get(id=shard).checkpoint == "8"


def test_a_child_waits_for_its_parent(shard: str) -> None:
    child = f"test-{uuid4()}"
    leases.register([ShardInfo(child, shard)])
    assert _claim(child) is None
    parent = _claim(shard)
    assert parent
    leases.let_go(parent, is_closed=True)
    assert _claim(child) is not None


def test_a_ring_while_a_shard_is_held_makes_its_holder_look_again(shard: str) -> None:
    lease = _claim(shard)
    assert lease
    assert leases.ring()
    assert leases.release(lease) is False
    assert leases.release(lease) is True
    assert leases.release(lease) is True


def test_a_shard_just_looked_at_is_left_alone_by_a_periodic_slice(shard: str) -> None:
    lease = _claim(shard)
    assert lease
    leases.release(lease)
    others = list(Shard.objects.exclude(id=shard).values_list("id", flat=True))
    assert leases.claim(but=others, idle_for=timedelta(seconds=60)) is None
    assert leases.claim(but=others) is not None


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
    assert not Shard.objects.filter(scan_first=True).exists()
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1


def test_what_the_stream_forgot_is_read_from_the_table(
    api: Api, acme: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB Local forgets nothing for 24 hours, so the fault is injected where the stream answers."""
    api.drain()
    api("POST", "todos/", {"name": (name := str(uuid4()))})
    long_ago = "1" * 21
    reached = iterator

    def trimmed(shard: str, *, after: str) -> str:
        if after == long_ago:
            raise Trimmed
        return reached(shard, after=after)

    monkeypatch.setattr(follow, "iterator", trimmed)
    Shard.objects.filter(is_closed=False).update(checkpoint=long_ago)
    with capture_logs() as logs:
        api.drain()
    assert "stream trimmed" in [line["event"] for line in logs]
    assert not Shard.objects.filter(scan_first=True).exists()
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
        patch.setattr(follow, "apply", fail)
        with pytest.raises(DatabaseError):
            follow.follow()
    assert follow.follow(looks=2) >= 1
