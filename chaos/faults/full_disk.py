"""The disk under the log is full: it takes no more writes, and what it has acknowledged stays.

No disk is filled: DynamoDB Local may write no file beyond its first byte (RLIMIT_FSIZE, for which nobody need be root),
and answers as it does where the disk is full, InternalFailure. Its SQLite may then give up for good, and it answers
nothing any more; so whoever makes room starts it again, before it has acknowledged anything new.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chaos.clients import Told
from chaos.commands import verified
from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene

CALM, MIN_FULL = 2.0, 12.0
"""Seconds of load before and after; and of a full disk: readiness trusts a write for ten."""

MAX_RESUME = 10.0
GIVEN_UP = 40.0
HABITS = Habits(clients=4, pace=20)


def play(scene: Scene) -> Iterator[Finding]:
    """Commands are answered with a 503, the web process says that it is not ready; then there is room again."""
    with scene.load(HABITS) as load:
        time.sleep(CALM)
        with _no_more_room(scene):
            full = time.perf_counter()
            yield _readiness(scene, 503)
            time.sleep(max(0.0, full + _seconds(scene.plan) - time.perf_counter()))
        room = time.perf_counter()
        yield _readiness(scene, 200)
        while not any(each.is_done and each.begun > room for each in load.told) and not _is_over(room):
            time.sleep(0.05)
        resumed = time.perf_counter()
        time.sleep(CALM)
        since = time.perf_counter()
    yield within("resumed", resumed - room, MAX_RESUME)
    yield _refusals([each for each in load.told if full < each.begun and each.ended < room])
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)
    yield verified()


@contextmanager
def _no_more_room(scene: Scene) -> Iterator[None]:
    log = scene.running.pid("dynamodb")
    resource.prlimit(log, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        scene.running.stop("dynamodb")
        scene.running.start("dynamodb")


def _readiness(scene: Scene, status: int) -> Finding:
    """`/readyz` comes to say so."""
    begun = time.perf_counter()
    while (found := scene.running.ask("/readyz")) != status and not _is_over(begun):
        time.sleep(0.2)
    return Finding(f"/readyz says {status}", against=[] if found == status else [f"it says {found}"])


def _refusals(told: list[Told]) -> Finding:
    """Nothing is acknowledged; what is refused for its version or its rule may be so all the same."""
    statuses = [each.status for each in told]
    wrong = [f"{status}" for status in statuses if status not in (503, 409, 412, 422)]
    return Finding("503 while it is full", f"{statuses.count(503)} × 503", wrong if 503 in statuses else ["no 503"])


def _is_over(begun: float) -> bool:
    return time.perf_counter() - begun > GIVEN_UP


def _seconds(plan: Plan) -> float:
    return max(MIN_FULL, 60 * plan.scale)


def _size(plan: Plan) -> str:
    return f"full for {_seconds(plan):.0f} s"


FAULT = Fault("full-disk", "the disk under the log is full", _size, play)
