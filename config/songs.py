"""The canary's songs: a real command every few seconds in the system tenant, and how long until it can be read.

That shows what no counter does: the whole way works, writer, log, stream, worker and journal.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django_tenants.utils import schema_context
from prometheus_client import Counter, Histogram

from config.canary import CANARY, UNKNOWN, Canary, sing
from cqrs.decide import Origin
from cqrs.domain import Actor, NotFound, Version
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

LAG = Histogram("tenfold_canary_lag_seconds", "From a command's answer to its journal line.", buckets=FAST)
UNHEARD = Counter("tenfold_canary_unheard", "Songs that could not be read in time.")

_measured = {"lag_ms": UNKNOWN}  # by this process, the last time


@dataclass(frozen=True, slots=True)
class Song:
    """The last one that can be read: how old it is, and the lag that was measured before it (None: not yet)."""

    age_seconds: float
    lag_seconds: float | None


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
