"""Followers of one simulated stream, driven step by step: paused, killed, woken, while time passes and others write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.db import OperationalError

from cqrs.domain import Unavailable
from cqrs.projector.show import Commit
from cqrs.store import Fact, MemoryStore
from cqrs.stream.follow import Follower
from cqrs.stream.leases import Lease
from cqrs.tests.simulator.checks import Checks, missing
from cqrs.tests.simulator.facts import Author
from cqrs.tests.simulator.stage import InMemory, Stage
from cqrs.tests.simulator.stream import Clock, SimulatedStream

PROCESSES, FAILURES = 3, 0.01


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


class World:
    """Everything that happens follows from `seed` and the actions; see `act`."""

    def __init__(
        self, seed: int, *, killers: int = 0, prefix: str = "S-", stage: Callable[[MemoryStore], Stage] | None = None
    ) -> None:
        self.random, self.clock, self.store = Random(seed), Clock(), MemoryStore()
        self.stream = SimulatedStream(self.store, self.clock, self.random)
        self.author = Author(self.random, prefix=prefix)
        self._writes, self._hours = self.random.choice([0.05, 0.3, 1]), self.random.choice([0, 0.5, 1])
        self.killers = {self.author.id(number) for number in range(killers)}
        self.stage: Stage = stage(self.store) if stage else InMemory(self.store, self.clock, between=self._meanwhile)
        self.checks = Checks()
        self.followers = dict[str, Follower]()
        self.stream.put(self.author.transaction(seconds=0))  # older than the stream
        self.processes = [self._born(number) for number in range(PROCESSES)]

    def act(self, code: int) -> None:
        """One of a byte's 256 actions; 0 is none."""
        ACTIONS[code](self)
        self.check()

    def check(self) -> None:
        """What must hold at any moment."""
        self.checks.look(self.stage, self.stream)

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds
        self.stage.pass_time(seconds)

    def write(self) -> None:
        if self.random.random() < self._writes:
            self.stream.write(self.author.transaction(seconds=self.clock.now))

    def sleep_hours(self) -> None:
        """Long enough for something to be trimmed."""
        if self.random.random() < self._hours:
            self.sleep(self.random.choice([3, 10, 22.9, 23.1, 25, 50]) * 3600)

    def pause(self) -> None:
        """A process stands still, wherever it is."""
        self.random.choice(self.processes).is_paused = True

    def wake(self) -> None:
        """All that stood still go on."""
        for each in self.processes:
            each.is_paused = False

    def kill(self) -> None:
        """A process dies between two steps."""
        if free := self._free():
            self._bury(self.random.choice(free))

    def step(self) -> None:
        """One step of one process."""
        if free := self._free():
            self.step_of(self.random.choice(free))

    def step_of(self, process: Process) -> None:
        """One step of this process."""
        self.sleep(self.random.random() / 10)
        if process.running is None:
            looks, idle_for = self.random.randint(1, 3), timedelta(seconds=self.random.choice([0, 0.9]))
            process.running = self.followers[process.name].steps(looks=looks, idle_for=idle_for)
        process.is_busy = True
        try:
            next(process.running)
        except Died:
            self._bury(process)
        except (StopIteration, Unavailable, OperationalError):
            process.running = None
        process.is_busy = False

    def _born(self, number: int) -> Process:
        process = Process(f"host:{number}")
        leases, view = self.stage.leases(process.name), Hostile(self, process)
        self.followers[process.name] = Watched(
            self.stream, leases, view, clock=self.clock, pause=self.sleep, world=self, process=process
        )
        return process

    def _bury(self, process: Process) -> None:
        """Its parent notices, or not; and starts another."""
        self.processes.remove(process)
        if self.random.random() < 0.5:
            self.stage.leases("parent").bury(process.name)
        self.processes.append(self._born(len(self.followers)))

    def _meanwhile(self) -> None:
        """What others do between two moments of one step."""
        if self.random.random() < 0.1:
            self.step()

    def _free(self) -> list[Process]:
        return [each for each in self.processes if not each.is_paused and not each.is_busy]


ACTIONS: list[Callable[[World], None]] = [
    lambda _: None,
    *[World.step] * 170,
    *[World.write] * 45,
    *[lambda world: world.stream.split()] * 7,
    *[World.pause] * 6,
    *[World.wake] * 4,
    *[World.kill] * 6,
    *[lambda world: world.sleep(1)] * 6,
    *[lambda world: world.sleep(6)] * 5,
    *[lambda world: world.sleep(1000)] * 2,
    *[World.sleep_hours] * 4,
]


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
