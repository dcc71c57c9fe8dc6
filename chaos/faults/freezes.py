"""SIGSTOP of the worker that holds a shard, for two leases; then SIGCONT: it goes on as if nothing had been."""

import time
from collections.abc import Iterator

from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.lookout import Look
from chaos.plan import Plan
from chaos.running import WORKERS
from chaos.scene import Scene

LEASES = 2
CALM = 3.0
SURE = 0.4
"""Seconds in which a holder that lives shows a sign of life while others write."""

TRIES_MOST = 200
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
            looks = scene.lookout.between(begun.at, time.perf_counter())
            stalls.append(
                next((look.at for look in looks if look.position > begun.position), time.perf_counter()) - begun.at
            )
            scene.running.thaw()
            time.sleep(CALM)
        since = time.perf_counter()
    yield within("another took over", max(stalls), LEASES * lease)
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _freeze_holder(scene: Scene) -> Look:
    """Freeze workers, one at a time, until one that held a shard is: then that shard shows no sign of life. TimeoutError
    when none is hit."""
    for _ in range(TRIES_MOST):
        scene.running.freeze(scene.dice.choice(WORKERS))
        time.sleep(0.05)  # what had been sent before arrives
        before = scene.lookout.last
        time.sleep(SURE)
        if _is_still(before, scene.lookout.last):
            return before
        scene.running.thaw()
        time.sleep(scene.dice.random() / 5)
    raise TimeoutError(f"no holder was frozen in {TRIES_MOST} tries")


def _is_still(before: Look, after: Look) -> bool:
    """Whether a shard is held, and whoever holds it has done nothing about it."""
    return any(
        now.left > 0
        and (held.epoch, held.checkpoint) == (now.epoch, now.checkpoint)
        and now.left < held.left - SURE / 2
        for shard, now in after.shards.items()
        if (held := before.shards.get(shard))
    )


def _times(plan: Plan) -> int:
    return plan.size(10)


def _size(plan: Plan) -> str:
    return f"{_times(plan)} ×"


FAULT = Fault("freezes", "SIGSTOP of a lease holder for two leases", _size, play)
