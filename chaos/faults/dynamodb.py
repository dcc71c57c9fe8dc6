"""DynamoDB is stopped and started, under load."""

import time
from collections.abc import Iterator, Sequence

from chaos.clients import Told, Try
from chaos.faults.fault import Fault
from chaos.faults.outages import RESUMED_MOST, Outage, outage, tries_during
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene

CALM = 2.0
AWAY = 9.0
"""Seconds it is away: longer than anybody may wait for it."""

ANSWERED_MOST = 5.0
HABITS = Habits(clients=8, pace=40)


def play(scene: Scene) -> Iterator[Finding]:
    """Clients are told when to come again, soon; the stream is read on where it was."""
    outages = []
    with scene.load(HABITS) as load:
        for _ in range(_times(scene.plan)):
            time.sleep(CALM)
            outages.append(outage(scene, load, "dynamodb", seconds=AWAY))
        since = time.perf_counter()
    yield within("resumed", max(each.seconds for each in outages), RESUMED_MOST)
    yield from answers(load.told, outages)
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def answers(told: Sequence[Told], outages: Sequence[Outage]) -> Iterator[Finding]:
    """What clients were told while the log was away: soon, and when to come again."""
    refused = tries_during(told, outages)
    wrong = [f"{one.status} after {one.taken:.1f} s" for one in refused if not _is_well(one)]
    yield Finding("503 + Retry-After", f"{len(refused)} × 503", wrong if refused else ["nobody asked meanwhile"])
    later = [one.taken for each in told for one in each.tries if one.begun >= outages[0].gone]
    yield within("answer", max(later), ANSWERED_MOST)


def _is_well(one: Try) -> bool:
    return one.status == 503 and one.says_when


def _times(plan: Plan) -> int:
    return plan.size(5)


def _size(plan: Plan) -> str:
    return f"{_times(plan)} ×"


FAULT = Fault("dynamodb", "DynamoDB Local stopped and started", _size, play)
