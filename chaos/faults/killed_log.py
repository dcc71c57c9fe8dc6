"""kill -9 of DynamoDB Local in the middle of commands, again and again: what it acknowledged is there."""

import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from json import loads

from chaos.clients import Told
from chaos.commands import verified
from chaos.faults.fault import Fault
from chaos.findings import Finding
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene
from config.environment import environment
from config.stack.ports import LOOPBACK

HABITS = Habits(clients=8, insist=60.0, keyless=0.4)
BETWEEN = 12
"""Commands between two kills."""


def play(scene: Scene) -> Iterator[Finding]:
    """Puts and transactions, those with counters as well; whoever sent a key asks until it is told."""
    killed_at = list[float]()
    with scene.load(HABITS) as load:
        for _ in range(_kills(scene.plan)):
            load.wait(len(load.told) - HABITS.articles + BETWEEN)
            time.sleep(scene.dice.random() / 20)
            killed_at.append(time.perf_counter())
            scene.running.stop("dynamodb", sign=signal.SIGKILL)
            scene.running.start("dynamodb")
        load.wait(len(load.told) - HABITS.articles + BETWEEN)
        since = time.perf_counter()
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield _struck(load.told, killed_at)
    yield from scene.truth(evidence, load.told)
    yield Finding("every 2xx is read back", "", [*_missing(scene, load.told)])
    yield verified()


def _struck(told: Sequence[Told], killed_at: Sequence[float]) -> Finding:
    """That commands of either kind were under way when the log was killed."""
    kinds = Counter("transactions" if each.order.is_keyed else "puts" for each in told if each.is_done)
    struck = sum(any(each.begun < at < each.ended for at in killed_at) for each in told)
    figure = f"{kinds['transactions']} transactions, {kinds['puts']} puts, {struck} struck"
    is_enough = kinds["puts"] and kinds["transactions"] and struck >= len(killed_at)
    return Finding("commands were struck", figure, [] if is_enough else [figure])


def _missing(scene: Scene, told: Sequence[Told]) -> Iterator[str]:
    """Entities of which the API's own strong read knows less than somebody was told."""
    newest = dict[str, int]()
    for each in told:
        if each.is_done:
            code = str(each.answer["code"])
            newest[code] = max(newest.get(code, 0), each.version)
    connection = HTTPConnection(LOOPBACK, environment().port, timeout=15)
    for code, version in newest.items():
        connection.request("GET", f"/api/v1/articles/{code}/?consistent=true", headers=scene.stage.headers)
        response = connection.getresponse()
        found = loads(response.read()).get("version", 0)
        if response.status != 200 or found < version:
            yield f"{code}: {version} was told, {response.status} with {found} is read"


def _kills(plan: Plan) -> int:
    return plan.size(200)


def _size(plan: Plan) -> str:
    return f"{_kills(plan)} kills"


FAULT = Fault("killed-log", "kill -9 of DynamoDB Local mid-command", _size, play)
