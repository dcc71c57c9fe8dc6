"""kill -9 of random workers, again and again."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from chaos.faults.fault import Fault
from chaos.findings import Finding
from chaos.load import Habits
from chaos.plan import Plan
from chaos.running import WORKERS
from chaos.scene import Scene

CLIENTS = 8
VICTIMS = (*((worker,) for worker in WORKERS), WORKERS, ())
"""One of the workers with all it has started, both at once; or only the process that holds a shard."""


def play(scene: Scene) -> Iterator[Finding]:
    """A kill each so many commands, the last with the last of them; whoever is killed is started again at once."""
    commands, kills = _sizes(scene.plan)
    with scene.load(Habits(clients=CLIENTS, commands=commands // CLIENTS)) as load:
        for number in range(1, kills + 1):
            load.wait(commands // CLIENTS * CLIENTS * number // kills)
            _kill(scene, scene.dice.choice(VICTIMS))
        since = time.perf_counter()
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _kill(scene: Scene, workers: Sequence[str]) -> None:
    if workers:
        scene.running.stop(*workers, sign=signal.SIGKILL)
        scene.running.start(*workers)
    elif holder := scene.lookout.holder():
        with suppress(ProcessLookupError):
            os.kill(holder, signal.SIGKILL)


def _sizes(plan: Plan) -> tuple[int, int]:
    return plan.size(20_000), plan.size(100)


def _size(plan: Plan) -> str:
    return "{:,} commands, {} kills".format(*_sizes(plan))


FAULT = Fault("worker-kills", "kill -9 of random workers", _size, play)
