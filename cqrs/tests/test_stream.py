"""Following the stream: leases, epochs, the doorbell's race, and what happens when the stream has forgotten."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.db.models.functions import Now
from django_tenants.utils import schema_context
from structlog.testing import capture_logs

from config.lag import database_now, is_behind, lag_seconds
from conftest import Api, TestTenant
from cqrs.stream.models import Shard
from cqrs.stream.slices import follow, follower
from cqrs.stream.source import Trimmed
from todos.models import TodoRow

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture(autouse=True)
def _no_other_shards() -> Iterator[None]:
    yield
    Shard.objects.filter(id__startswith="test-").delete()


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
    Shard.objects.exclude(segment="").delete()
    Shard.objects.filter(is_closed=False).update(checkpoint=long_ago)
    with capture_logs() as logs:
        api.drain()
    assert "stream trimmed" in [line["event"] for line in logs]
    assert Shard.objects.exclude(segment="").filter(is_closed=True).count() == 4
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
