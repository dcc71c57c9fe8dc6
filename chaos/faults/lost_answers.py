"""A proxy that loses some of DynamoDB's answers, and keeps some back: the web process and the workers go through it."""

import time
from collections.abc import Iterator

from chaos.faults.fault import Fault
from chaos.faults.through import through
from chaos.findings import Finding
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene
from cqrs.tests.proxy import Fate

CLIENTS = 32
LOST, LATE = 0.05, 0.05
LATE_MOST = 2.0
"""Seconds; beyond the writer's own patience with one request, so that some late answers are lost ones too."""

INSIST = 30.0


def play(scene: Scene) -> Iterator[Finding]:
    """Many clients on few entities, so that whoever is told wrongly of a version meets the others."""
    commands = _commands(scene.plan)
    with through(scene, lambda operation, body: _fate(scene)) as fates:
        with scene.load(Habits(clients=CLIENTS, commands=commands // CLIENTS, insist=INSIST)) as load:
            load.wait(commands // CLIENTS * CLIENTS)
            since = time.perf_counter()
        evidence, caught_up = scene.settle(since=since)
    lost, late = sum(fate.is_lost for fate in fates), sum(fate.late > 0 for fate in fates)
    yield Finding("answers were lost and late", f"{lost} lost, {late} late of {len(fates)}", _too_few(lost, late))
    yield caught_up
    yield from scene.truth(evidence, load.told)


def _fate(scene: Scene) -> Fate:
    dice = scene.dice.random()
    return Fate(is_lost=dice < LOST, late=scene.dice.random() * LATE_MOST if LOST <= dice < LOST + LATE else 0.0)


def _too_few(lost: int, late: int) -> list[str]:
    return [] if lost and late else ["the proxy was not in between"]


def _commands(plan: Plan) -> int:
    return plan.size(5_000, least=CLIENTS)


def _size(plan: Plan) -> str:
    return f"{_commands(plan):,} commands, {CLIENTS} clients, 20 entities"


FAULT = Fault("lost-answers", "5 % of DynamoDB's answers lost, 5 % late", _size, play)
