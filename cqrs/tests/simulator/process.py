"""One process of a world: its follower, as it is watched, and the view, as it meets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import OperationalError

from cqrs.projector.show import Commit
from cqrs.store import Fact
from cqrs.stream.follow import Follower
from cqrs.stream.leases import Lease
from cqrs.tests.simulator.checks import missing

if TYPE_CHECKING:
    from cqrs.tests.simulator.world import World

FAILURES = 0.01
"""How often showing fails, before it has committed or after."""


class Died(BaseException):
    """The process is no more: nothing of it runs any longer."""


@dataclass(slots=True)
class Process:
    """One process that follows, the slice it is in, and the lease it believes to hold."""

    name: str
    running: Iterator[int] | None = None
    lease: Lease | None = None
    is_paused: bool = False
    is_busy: bool = False


@dataclass(slots=True, kw_only=True)
class Watched(Follower):
    """A follower that tells which lease it has."""

    world: World
    process: Process

    def _hold(self, lease: Lease, *, until: float, looks: int) -> Iterator[int]:
        self.process.lease = lease
        self.world.checks.held(lease, self.world.stage, self.world.stream)
        yield from Follower._hold(self, lease, until=until, looks=looks)


@dataclass(frozen=True, slots=True)
class Hostile:
    """The stage's view, as one process meets it: it fails before it has committed, or after; and
    some facts kill."""

    world: World
    process: Process

    def show(self, facts: Sequence[Fact], *, commit: Commit, renew: Commit) -> int:
        stage, killers = self.world.stage, self.world.killers
        if missing([fact for fact in facts if fact.id in killers], stage):
            raise Died
        with self._failing():
            return stage.view.show(facts, commit=commit, renew=renew)

    def park(self, facts: Sequence[Fact], *, error: str, renew: Commit) -> None:
        with self._failing():
            self.world.stage.view.park(facts, error=error, renew=renew)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        if self.world.random.random() < FAILURES:
            raise OperationalError("before")
        yield
        assert (lease := self.process.lease)
        assert self.world.stage.shards()[lease.shard].epoch == lease.epoch, "a zombie has committed"
        if self.world.random.random() < FAILURES:
            raise self.world.random.choice([OperationalError("after"), Died()])
