"""A web process beside the others whose clock is a minute ahead: it writes nothing, and the others go on; then its
clock is put right. The clock is libfaketime's, read from a file; without it the fault is not played."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which

from chaos.clients import Client, Order, Told
from chaos.commands import verified
from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene
from config.environment import ROOT, environment
from config.stack.ports import free_port

WRONG, RIGHT = "+60s", "+0s"
MAX_RECOVERY = 10.0
INSIST = 10.0
"""Seconds for which a client asks again: libfaketime sets the monotonic clock back as well, by which the web server
then closes connections that are kept alive."""

GIVEN_UP = 60.0
HABITS = Habits(clients=4, pace=20)


@dataclass(frozen=True, slots=True)
class Beside:
    """A web process of its own, and the file that says what its clock is."""

    port: int
    clock: Path


def play(scene: Scene) -> Iterator[Finding]:
    """Every command that it is sent while its clock is wrong is a 503, and none after that."""
    if not which("faketime"):
        yield Finding("", "not played: there is no faketime")
        return
    with scene.load(HABITS) as load, _beside() as beside:
        ask = partial(scene.running.ask, port=beside.port)
        yield _reached("it is not ready", lambda: ask("/healthz") == 200 and ask("/readyz") == 503)
        wrong = _send(scene, beside, "wrong")
        yield Finding("the others are ready", against=[] if scene.running.ask("/readyz") == 200 else ["they are not"])
        beside.clock.write_text(RIGHT)
        put_right = time.perf_counter()
        yield _reached("it is ready again", lambda: ask("/readyz") == 200)
        yield within("recovered", time.perf_counter() - put_right, MAX_RECOVERY)
        right = _send(scene, beside, "right", insist=INSIST)
        since = time.perf_counter()
    yield _all("nothing written by a wrong clock", wrong, 503)
    yield _all("all written by a right one", right, 201)
    evidence, caught_up = scene.settle(since=since)
    yield Finding("and none of it in the log", against=[id for id in evidence.facts if "#wrong-" in id])
    yield caught_up
    yield from scene.truth(evidence, [*load.told, *wrong, *right])
    yield verified()


@contextmanager
def _beside() -> Iterator[Beside]:
    found = Beside(free_port(), environment().local / "clock")
    found.clock.write_text(WRONG)
    asked = ["faketime", "-f", "+0s", "printenv", "LD_PRELOAD"]
    library = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    lies = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(found.clock), "FAKETIME_CACHE_DURATION": "1"}
    command = ("granian", "--interface", "wsgi", "--port", str(found.port), "config.wsgi:application")
    with (environment().local / "log" / "web-wrong-clock.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **lies},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield found
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _send(scene: Scene, beside: Beside, name: str, *, insist: float = 0.0) -> list[Told]:
    client = Client(scene.stage, port=beside.port)
    names = [f"{name}-{number}" for number in range(_count(scene.plan))]
    orders = [Order(name=each, path="articles/", body={"sku": each, "name": each}, is_keyed=True) for each in names]
    return [client.send(order, insist=insist) for order in orders]


def _all(claim: str, told: list[Told], status: int) -> Finding:
    wrong = [f"{each.order.name}: {each.status}" for each in told if each.status != status]
    return Finding(claim, f"{len(told)} × {status}", wrong)


def _reached(claim: str, holds: Callable[[], bool]) -> Finding:
    begun = time.perf_counter()
    while not (found := holds()) and time.perf_counter() - begun < GIVEN_UP:
        time.sleep(0.1)
    return Finding(claim, against=[] if found else [f"not within {GIVEN_UP:g} s"])


def _count(plan: Plan) -> int:
    return plan.size(200)


def _size(plan: Plan) -> str:
    return f"{_count(plan)} commands, a minute ahead"


FAULT = Fault("clock", "a web process whose clock is wrong", _size, play)
