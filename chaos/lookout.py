"""Watches a tenant's journal and the shards' leases from a connection of its own, all through a fault."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import psycopg

from config.environment import environment

SHARDS = """
SELECT id, epoch, checkpoint, holder, extract(epoch FROM greatest(leased_until - now(), interval '0'))
FROM public.shard WHERE NOT is_closed AND segment = ''
"""
POSITION = "SELECT coalesce(max(position), 0) FROM public.journal_head WHERE tenant_code = %s"

EVERY = 0.05
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Held:
    """An open shard of the stream: its epoch, its checkpoint, who holds it (empty: nobody), and for how many seconds
    more."""

    epoch: int
    checkpoint: int
    holder: str
    left: float


@dataclass(frozen=True, slots=True)
class Look:
    """What stood there at an instant of `time.perf_counter()`: the journal's last position, and the shards."""

    at: float
    position: int
    shards: Mapping[str, Held]


@dataclass(slots=True)
class Lookout:
    """All looks of a fault, in order."""

    tenant: str
    looks: list[Look] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def kept(self) -> Iterator["Lookout"]:
        """Watch within the block."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join()

    @property
    def last(self) -> Look:
        return self.looks[-1] if self.looks else Look(0.0, -1, {})

    @property
    def epochs(self) -> int:
        """How often shards have been claimed so far."""
        return sum(held.epoch for held in self.last.shards.values())

    def reached(self, position: int, *, within: float) -> float | None:
        """The instant at which the journal was this long; None when that takes more than `within` seconds from now."""
        deadline = time.monotonic() + within
        while self.last.position < position and time.monotonic() < deadline:
            time.sleep(EVERY)
        return self.seen_at(position)

    def seen_at(self, position: int) -> float | None:
        """The instant at which the journal was first seen this long."""
        looks = self.looks
        found = bisect_left(looks, position, hi=len(looks), key=lambda look: look.position)
        return looks[found].at if found < len(looks) else None

    def holder(self) -> int | None:
        """The process that holds a shard at this moment, as far as is known."""
        names = [held.holder for held in self.last.shards.values() if held.holder and held.left]
        return int(names[0].rpartition(":")[2]) if names else None

    def backwards(self) -> Iterator[str]:
        """What went back between two looks: a position, an epoch, a checkpoint."""
        looks = list(self.looks)
        for before, after in pairwise(looks):
            if after.position < before.position:
                yield f"the journal went back from {before.position} to {after.position}"
            for shard in before.shards.keys() & after.shards.keys():
                was, now = before.shards[shard], after.shards[shard]
                if now.epoch < was.epoch or now.checkpoint < was.checkpoint:
                    yield f"{shard} went back from {was} to {now}"

    def _watch(self) -> None:
        while not self._end.is_set():
            try:
                with psycopg.connect(environment().database, autocommit=True, connect_timeout=2) as connection:
                    self._watch_by(connection)
            except psycopg.OperationalError:
                self._end.wait(EVERY)  # Postgres is away

    def _watch_by(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        while not self._end.wait(EVERY):
            [(position,)] = connection.execute(POSITION, [self.tenant]).fetchall()
            found = connection.execute(SHARDS).fetchall()
            held = {id: Held(epoch, int(last or 0), holder, float(left)) for id, epoch, last, holder, left in found}
            self.looks.append(Look(time.perf_counter(), position, held))
