"""DynamoDB does not take the credentials of the processes any more, for a while, under load."""

import time
from collections.abc import Iterator
from threading import Event

import orjson

from chaos.commands import verified
from chaos.faults.dynamodb import CALM, HABITS, answers
from chaos.faults.fault import Fault
from chaos.faults.outages import RESUMED_MOST, absence
from chaos.faults.through import through
from chaos.findings import Finding, within
from chaos.plan import Plan
from chaos.scene import Scene
from cqrs.tests.proxy import Fate

EXPIRED = Fate(
    instead=(
        400,
        orjson.dumps(
            {
                "__type": "com.amazon.coral.service#ExpiredTokenException",
                "message": "The security token included in the request is expired",
            }
        ),
    )
)


def play(scene: Scene) -> Iterator[Finding]:
    """A proxy says so to all who ask, streams as well; with the new credentials all goes on by itself."""
    expired = Event()
    with through(scene, lambda operation, body: EXPIRED if expired.is_set() else Fate()) as fates:
        with scene.load(HABITS) as load:
            time.sleep(CALM)
            gone = absence(scene, load, seconds=_seconds(scene.plan), begin=expired.set, end=expired.clear)
            since = time.perf_counter()
        evidence, caught_up = scene.settle(since=since)
    refused = sum(fate is EXPIRED for fate in fates)
    yield Finding("requests were refused", f"{refused} refused", [] if refused else ["the proxy was not in between"])
    yield within("resumed", gone.seconds, RESUMED_MOST)
    yield from answers(load.told, [gone])
    yield caught_up
    yield from scene.truth(evidence, load.told)
    yield verified()


def _seconds(plan: Plan) -> int:
    return plan.size(60, least=5)


def _size(plan: Plan) -> str:
    return f"{_seconds(plan)} s"


FAULT = Fault("expired-credentials", "DynamoDB does not take the credentials", _size, play)
