"""SIGSTOP of the worker that holds a shard, for two leases; then SIGCONT: it goes on as if nothing had been.

Two leases are shorter than the supervisor's patience with a silent process (15 s), which replaces nobody meanwhile."""

import time
from collections.abc import Iterator

from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.lookout import Look
from chaos.plan import Plan
from chaos.scene import Scene

LEASES = 2
CALM = 3.0
SURE = 0.1
GIVEN_UP = 60.0
HABITS = Habits(clients=4, pace=40)


def play(scene: Scene) -> Iterator[Finding]:
    """It is frozen wherever it is, between two statements as well; another takes over, and it changes nothing."""
    stalls: list[float] = []
    with scene.load(HABITS) as load:
        time.sleep(CALM)
        for _ in range(_times(scene.plan)):
            begun = _freeze_holder(scene)
            lease = max(held.left for look in scene.lookout.looks for held in look.shards.values())
            time.sleep(max(0.0, begun.at + LEASES * lease - time.perf_counter()))
            went_on = scene.lookout.seen_at(begun.position + 1) or time.perf_counter()
            stalls.append(went_on - begun.at)
            scene.running.thaw()
            time.sleep(CALM)
        since = time.perf_counter()
    yield within("another took over", max(stalls), LEASES * lease)
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _freeze_holder(scene: Scene) -> Look:
    """Freeze whoever holds a shard, wherever it is; TimeoutError when none stays caught. One that had just let go does
    not count."""
    deadline = time.monotonic() + GIVEN_UP
    while time.monotonic() < deadline:
        time.sleep(scene.dice.random() / 10)
        if holder := scene.lookout.holder():
            scene.running.freeze(holder)
            time.sleep(SURE)  # what it had sent before has arrived
            if scene.lookout.holder() == holder:
                return scene.lookout.last
            scene.running.thaw()
    raise TimeoutError("nobody who held a shard could be frozen")


def _times(plan: Plan) -> int:
    return plan.size(10)


def _size(plan: Plan) -> str:
    return f"{_times(plan)} ×"


FAULT = Fault("freezes", "SIGSTOP of a lease holder for two leases", _size, play)
