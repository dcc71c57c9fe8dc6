"""RabbitMQ as the broker, killed and then frozen, while commands go on; rows and what was asked for come all the same.

Web and workers are started anew with it, and afterwards with the broker that all other faults have.
"""

import signal
import time
from collections.abc import Iterator

from benchmarks.lines import p99
from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.running import PROCESSES
from chaos.scene import Scene
from config.stack import rabbitmq

HABITS = Habits(clients=4, pace=20)
AWAY_LEAST = 3.0
MAX_P99_SECONDS = 1.0
"""Seconds that 99 of 100 commands take at most, whatever the broker does."""

MAX_ROW_SECONDS = 3.0


def play(scene: Scene) -> Iterator[Finding]:
    """Killed, and back with all that it had; frozen, and thawed."""
    if not rabbitmq.is_installed():
        yield Finding("not played", rabbitmq.MISSING)
        return
    scene.running.start("epmd")
    scene.running.start("rabbitmq")
    try:
        yield from _play(scene)
    finally:
        scene.running.stop("rabbitmq", "epmd")


def _play(scene: Scene) -> Iterator[Finding]:
    seconds = _seconds(scene.plan)
    with scene.until_followed():
        scene.running.stop(*PROCESSES)
        scene.running.start(*PROCESSES, CELERY_BROKER_URL=scene.running.rabbitmq_url)
    with scene.load(HABITS) as load:
        load.wait(0)
        killed = time.perf_counter()
        scene.running.stop("rabbitmq", sign=signal.SIGKILL)
        time.sleep(seconds)
        scene.running.start("rabbitmq")
        frozen = time.perf_counter()
        with scene.running.held("rabbitmq"):
            time.sleep(seconds)
        since = time.perf_counter()
    evidence, caught_up = scene.settle(since=since)
    for name, begun, ended in (("killed", killed, frozen), ("frozen", frozen, since)):
        told = [each for each in load.told if begun <= each.begun < ended]
        yield within(f"p99 while {name}", p99([each.ended - each.begun for each in told]), MAX_P99_SECONDS)
        yield within(f"rows while {name}", max(scene.lags(evidence, told)), MAX_ROW_SECONDS)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _seconds(plan: Plan) -> float:
    return max(AWAY_LEAST, 20 * plan.scale)


def _size(plan: Plan) -> str:
    return f"killed and frozen, {_seconds(plan):.0f} s each"


FAULT = Fault("rabbitmq", "RabbitMQ killed, then frozen", _size, play)
