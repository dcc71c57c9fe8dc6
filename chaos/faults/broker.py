"""The broker is down for a while, and comes back empty; commands and rows go on without it."""

import time
from collections.abc import Iterator, Sequence

from benchmarks.lines import p99
from chaos.clients import Told
from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene

CALM_LEAST, DOWN_LEAST = 5.0, 6.0
SLOWER_MOST = 0.05
"""Seconds by which commands may take longer than with a broker, 99 of 100."""

ROWS_MOST = 2.0
HABITS = Habits(clients=4, pace=30)


def play(scene: Scene) -> Iterator[Finding]:
    """Calm, down, up again; Valkey keeps nothing, so that it comes back empty."""
    calm, down = _seconds(scene.plan)
    with scene.load(HABITS) as load:
        load.wait(0)
        begun = time.perf_counter()
        time.sleep(calm)
        scene.running.stop("valkey")
        gone = time.perf_counter()
        time.sleep(down)
        scene.running.start("valkey")
        back = time.perf_counter()
        time.sleep(calm)
        since = time.perf_counter()
    evidence, caught_up = scene.settle(since=since)
    with_it, without, after = (_of(load.told, *span) for span in ((begun, gone), (gone, back), (back, since)))
    slower = max(0.0, p99([each.ended - each.begun for each in without]) - p99([e.ended - e.begun for e in with_it]))
    yield within("p99 slower by", slower, SLOWER_MOST)
    yield within("rows without it", max(scene.lags(evidence, without)), ROWS_MOST)
    yield within("rows after it", max(scene.lags(evidence, after)), ROWS_MOST)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _of(told: Sequence[Told], begun: float, ended: float) -> list[Told]:
    return [each for each in told if begun <= each.begun < ended]


def _seconds(plan: Plan) -> tuple[float, float]:
    return max(CALM_LEAST, 20 * plan.scale), max(DOWN_LEAST, 60 * plan.scale)


def _size(plan: Plan) -> str:
    return f"down for {_seconds(plan)[1]:.0f} s"


FAULT = Fault("broker", "broker down, then emptied", _size, play)
