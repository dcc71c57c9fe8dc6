"""SIGSTOP of a whole store, under load: it takes connections, acknowledges what is sent, and answers nothing."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Event
from time import perf_counter

from benchmarks.stage import Stage
from chaos.clients import Told, Try
from chaos.commands import verified
from chaos.faults.fault import Fault
from chaos.faults.outages import RESUMED_MOST, Outage, await_resumption
from chaos.findings import Finding, within
from chaos.load import Habits
from chaos.plan import Plan
from chaos.scene import Scene
from config.environment import environment
from config.stack.ports import LOOPBACK

CALM = 2.0
FROZEN_SECONDS = 20
MIN_FROZEN_SECONDS = 8
"""Longer than a request has."""

MAX_ANSWER_SECONDS = 6.0
READERS = 4
READ_INTERVAL = 0.1
READ_TIMEOUT = 30.0
PATHS = ("/api/v1/todos/", "/api/v1/todos/?ordering=-due_date", "/api/v1/orders/", "/sign-in/", "/healthz")
HABITS = Habits(clients=8, pace=40)


def play(scene: Scene) -> Iterator[Finding]:
    """First Postgres, then the log: every request has its end, and nothing is replaced or lost."""
    outages = []
    before = {name: scene.running.pid(name) for name in ("web", "worker-1", "worker-2")}
    with scene.load(HABITS) as load, _reading(scene.stage) as reads:
        for store in ("postgres", "dynamodb"):
            time.sleep(CALM)
            outages.append(_freeze(scene, load.told, store))
        since = perf_counter()
    after = {name: scene.running.pid(name) for name in before}
    yield within("resumed", max(each.seconds for each in outages), RESUMED_MOST)
    tries = [*reads, *(one for each in load.told for one in each.tries)]
    yield from _answers(tries, outages)
    yield Finding("nobody is replaced", against=[f"{before} became {after}"] if before != after else [])
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    yield from scene.truth(evidence, load.told)
    yield verified()


def _freeze(scene: Scene, told: Sequence[Told], store: str) -> Outage:
    gone, position = perf_counter(), scene.lookout.last.position
    with scene.running.suspended(store):
        time.sleep(_seconds(scene.plan))
    there = perf_counter()
    return Outage(gone, there, there, await_resumption(scene, told, there=there, position=position))


def _answers(tries: Sequence[Try], outages: Sequence[Outage]) -> Iterator[Finding]:
    """No answer is late, none is a surprise, and a 503 says when to come again."""
    yield within("answer", max(one.taken for one in tries), MAX_ANSWER_SECONDS)
    frozen = [one for one in tries if any(each.gone < one.begun < each.there for each in outages)]
    refused = sum(one.status == 503 for one in frozen)
    figure = f"{len(frozen)} asked of frozen stores, {refused} × 503"
    yield Finding("2xx, 503 or a rule's answer", figure, [f"{one}" for one in frozen if not _is_well(one)])


def _is_well(one: Try) -> bool:
    return one.says_when if one.status == 503 else 200 <= one.status < 500


@contextmanager
def _reading(stage: Stage) -> Iterator[list[Try]]:
    """Within the block readers ask for lists, pages and probes; what they were told."""
    end, told = Event(), list[Try]()

    def keep_reading(number: int) -> None:
        while not end.wait(READ_INTERVAL):
            told.append(_get(stage, PATHS[(number + len(told)) % len(PATHS)]))

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(keep_reading, number) for number in range(READERS)]
        try:
            yield told
        finally:
            end.set()
    for each in readers:
        each.result()


def _get(stage: Stage, path: str) -> Try:
    begun, status, says_when = perf_counter(), 0, False
    connection = HTTPConnection(LOOPBACK, environment().port, timeout=READ_TIMEOUT)
    headers = stage.headers | ({"Host": environment().host} if path == "/healthz" else {})
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        status, says_when = response.status, bool(response.headers["Retry-After"])
        response.read()
    except (OSError, HTTPException):
        status = 0
    finally:
        connection.close()
    return Try(status=status, begun=begun, ended=perf_counter(), says_when=says_when)


def _seconds(plan: Plan) -> int:
    return plan.size(FROZEN_SECONDS, least=MIN_FROZEN_SECONDS)


def _size(plan: Plan) -> str:
    return f"2 × {_seconds(plan)} s"


FAULT = Fault("frozen-stores", "Postgres and DynamoDB Local frozen", _size, play)
