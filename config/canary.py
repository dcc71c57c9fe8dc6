"""The canary: a real command every few seconds, and how long it takes until it can be read.

It lives in the system tenant and shows what no counter does, that the whole way works: writer, log, stream, worker,
journal. There is one canary a day, so that no history grows for ever; each song is a version of some 600 bytes, 8640 a
day at the default of 10 seconds.
"""

import time
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone
from django_tenants.utils import schema_context
from prometheus_client import Counter, Histogram

from cqrs.decide import Origin
from cqrs.domain import Actor, Entity, NotFound, Version
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.models import JournalLine
from cqrs.projector import schema_of
from cqrs.tasks import ring
from cqrs.telemetry.metrics import FAST
from cqrs.writer import Writer
from face.consistency import wait_for
from tenants.models import SYSTEM

HEARD_WITHIN = timedelta(seconds=5)
"""A song that cannot be read after this time is lost to us; the command itself is not."""

UNKNOWN = -1
"""The lag in a worker's first song: it has measured none yet."""

LAG = Histogram("tenfold_canary_lag_seconds", "From a command's answer to its journal line.", buckets=FAST)
UNHEARD = Counter("tenfold_canary_unheard", "Songs that could not be read in time.")

_measured = {"lag_ms": UNKNOWN}  # by this process, the last time


@dataclass(frozen=True)
class Canary:
    day: str
    songs: int = 0
    lag_ms: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class Song:
    """The last one that can be read: how old it is, and the lag that was measured before it (None: not yet)."""

    age_seconds: float
    lag_seconds: float | None


def hatch(*, day: str) -> Canary:
    return Canary(day)


def sing(canary: Canary, *, lag_ms: int) -> Canary:
    """Once more, telling what was measured the last time."""
    return replace(canary, songs=canary.songs + 1, lag_ms=lag_ms)


CANARY = Entity(
    "CANARY",
    Canary,
    create=hatch,
    created="hatched",
    change={"sung": sing},
    adds={sing},
    code=lambda canary: canary.day,
)


def measure() -> float | None:
    """Sing, and wait until it can be read. The lag in seconds; None where it cannot be in time.

    Does nothing where there is no system tenant (yet). Whatever the writer raises.
    """
    schema = schema_of(SYSTEM)
    if schema is None:
        return None
    song, begun = _sing(), time.perf_counter()
    with schema_context(schema):
        if not wait_for({song.id: song.version}, tenant=SYSTEM, most=HEARD_WITHIN):
            UNHEARD.inc()
            return None
    seconds = time.perf_counter() - begun
    LAG.observe(seconds)
    _measured["lag_ms"] = round(seconds * 1000)
    return seconds


def last_song() -> Song | None:
    """What the journal knows of the canary; None where it has never sung."""
    schema = schema_of(SYSTEM)
    if schema is None:
        return None
    with schema_context(schema):
        line = JournalLine.objects.filter(rule=sing.__name__).order_by("-position").first()
    if line is None:
        return None
    lag_ms = line.attributes["lag_ms"]
    return Song((timezone.now() - line.at).total_seconds(), None if lag_ms == UNKNOWN else lag_ms / 1000)


def _sing() -> Version[Canary]:
    origin = Origin(Actor("system:canary"), request_id=uuid.uuid4().hex, source="canary")
    writer = Writer(Log(store(), SYSTEM), origin, ring=ring)
    day = timezone.now().date().isoformat()
    song = CANARY.ref(CANARY.sk_of(day)).ask(sing, lag_ms=_measured["lag_ms"])
    try:
        return writer.send(song).version
    except NotFound:
        writer.send(CANARY.create(day=day))
        return writer.send(song).version
