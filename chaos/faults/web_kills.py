"""kill -9 of the web process, in the middle of commands: of all of it, or of the process that answers."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chaos.faults.fault import Fault
from chaos.findings import Finding
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene

CLIENTS = 8
INSIST = 60.0


def play(scene: Scene) -> Iterator[Finding]:
    """Clients ask again, under their key, until they are told."""
    commands, kills = _sizes(scene.plan)
    with scene.load(Habits(clients=CLIENTS, commands=commands // CLIENTS, insist=INSIST)) as load:
        for number in range(1, kills + 1):
            load.wait(commands * number // (kills + 1))
            time.sleep(scene.dice.random() / 10)
            kill(scene)
        load.wait(commands // CLIENTS * CLIENTS)
        since = time.perf_counter()
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)
    retried = [each for each in load.told if len(each.tries) > 1]
    untold = [each.order.name for each in retried if each.is_unknown]
    yield Finding("retries told the end", f"{len(retried)} retried", untold)


def kill(scene: Scene) -> None:
    """The master and all it has started; or its child, which it starts again by itself."""
    if scene.dice.random() < 1 / 2:
        scene.running.stop("web", sign=signal.SIGKILL)
        scene.running.start("web")
    else:
        for child in _children(scene.running.pid("web")):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    texts = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(word) for text in texts for word in text.split()]


def _sizes(plan: Plan) -> tuple[int, int]:
    return plan.size(5_000), plan.size(50)


def _size(plan: Plan) -> str:
    return "{:,} commands, {} kills".format(*_sizes(plan))


FAULT = Fault("web-kills", "kill -9 of the web process mid-command", _size, play)
