"""Postgres is stopped and started, under load."""

import time
from collections.abc import Iterator

from chaos.commands import verified
from chaos.faults.fault import Fault
from chaos.faults.outages import RESUMED_MOST, outage
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene

CALM = 2.0
"""Seconds of load between two outages."""

HABITS = Habits(clients=4, pace=40)


def play(scene: Scene) -> Iterator[Finding]:
    """It is away for some seconds; nobody does anything but start it again."""
    outages = []
    with scene.load(HABITS) as load:
        for _ in range(_times(scene.plan)):
            time.sleep(CALM)
            outages.append(outage(scene, load, "postgres", seconds=scene.dice.uniform(0.5, 3)))
        since = time.perf_counter()
    yield within("resumed", max(each.seconds for each in outages), RESUMED_MOST)
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)
    yield verified()


def _times(plan: Plan) -> int:
    return plan.size(10)


def _size(plan: Plan) -> str:
    return f"{_times(plan)} ×"


FAULT = Fault("postgres", "Postgres stopped and started", _size, play)
