"""Leases in memory and in Postgres, for tests that hold of both: the simulator's stand for the real ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from cqrs.projector.show import Commit
from cqrs.stream.leases import Lease, Leases
from cqrs.stream.models import Shard
from cqrs.stream.shards import PostgresLeases
from cqrs.stream.source import ShardInfo
from cqrs.tests.simulator.leases import MemoryLeases, Noted
from cqrs.tests.simulator.stream import Clock

ROOT, CHILD = ShardInfo("shard-1", ""), ShardInfo("shard-2", "shard-1")


@dataclass(frozen=True)
class Kept:
    """Where leases are kept."""

    by: Callable[[str], Leases]
    shard: Callable[[str], Any]
    pass_time: Callable[[timedelta], object]
    commit: Callable[[Commit], None]
    segments: Callable[[], int]

    def claim(self, holder: str = "me", *, idle_for: timedelta = timedelta()) -> Lease:
        lease = self.by(holder).claim(idle_for=idle_for)
        assert lease
        return lease


def in_memory() -> Kept:
    clock, table = Clock(), dict[str, Noted]()

    def pass_time(by: timedelta) -> None:
        clock.now += by.total_seconds()

    return Kept(
        by=lambda holder: MemoryLeases(holder, clock, table),
        shard=table.__getitem__,
        pass_time=pass_time,
        commit=lambda commit: commit(None),  # type: ignore[arg-type]  # there is no cursor in memory
        segments=lambda: len([each for each in table.values() if each.segment]),
    )


def in_postgres() -> Kept:
    def commit(commit: Commit) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            commit(cursor)

    return Kept(
        by=PostgresLeases,
        shard=lambda id: Shard.objects.get(id=id),
        pass_time=lambda by: Shard.objects.update(
            leased_until=F("leased_until") - by, caught_up_at=F("caught_up_at") - by
        ),
        commit=commit,
        segments=Shard.objects.exclude(segment="").count,
    )
