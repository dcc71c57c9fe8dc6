"""Followers of one simulated stream, driven step by step: paused, killed, woken, while time passes and others write."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.db import OperationalError

from cqrs.domain import Unavailable
from cqrs.store import MemoryStore
from cqrs.stream.follow import Follower
from cqrs.tests.simulator.checks import Checks
from cqrs.tests.simulator.facts import Author
from cqrs.tests.simulator.process import Died, Hostile, Process, Watched
from cqrs.tests.simulator.stage import InMemory, Stage
from cqrs.tests.simulator.stream import Clock, SimulatedStream

PROCESSES = 3


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
