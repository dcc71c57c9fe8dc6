"""Watches a tenant's journal and the shards' leases from a connection of its own, all through a fault."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from config.environment import environment

SHARDS = """
SELECT id, epoch, checkpoint, extract(epoch FROM greatest(leased_until - now(), interval '0'))
FROM public.shard WHERE NOT is_closed
"""

EVERY = 0.02
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Held:
    """An open shard: its epoch, its checkpoint, and for how many more seconds somebody holds it."""

    epoch: int
    checkpoint: int
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

    schema: str
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

    def between(self, begun: float, ended: float) -> list[Look]:
        """The looks of a stretch of time."""
        return [look for look in self.looks if begun <= look.at <= ended]

    def backwards(self) -> Iterator[str]:
        """What went back between two looks: a position, an epoch, a checkpoint."""
        looks = list(self.looks)
        for before, after in zip(looks, looks[1:], strict=False):
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
        home = sql.SQL("SELECT position FROM {}").format(sql.Identifier(self.schema, "home"))
        shards = sql.SQL(SHARDS)
        while not self._end.wait(EVERY):
            [(position,)] = connection.execute(home).fetchall()
            found = connection.execute(shards).fetchall()
            held = {id: Held(epoch, int(checkpoint or 0), float(left)) for id, epoch, checkpoint, left in found}
            self.looks.append(Look(time.perf_counter(), position, held))
