"""Usage that others report, each event an entity of its own: its source and id are its code, so that it is counted once
however often it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from billing.domain.metrics import PERIODIC, QUOTA, REPORTED, Metric, key_of, month_of
from billing.domain.usage import closed
from cqrs.domain import SUPPLIED, Deltas, Entity, Now, Refused

QUANTITY_MOST = 10**9
NAME_MOST = 200
AHEAD = timedelta(minutes=5)
"""So far a clock elsewhere may be ahead of ours."""


class InvalidQuantity(Refused):
    """A quantity is a whole number from 1 to 1,000,000,000."""


class InvalidName(Refused):
    """A source and an id have 1 to 200 characters each."""


class NotReportable(Refused):
    """This is a gauge: it is how much there is, and nobody reports it."""


class InTheFuture(Refused):
    """This has not happened yet."""


class TooOld(Refused):
    """What happened more than three months ago is not counted any more."""


@dataclass(frozen=True)
class UsageEvent:
    """So much of a metric, at a time. One that comes after the end of its month `is_late`: it counts there all the
    same, and what it costs is an adjustment."""

    source: str
    event_id: str
    metric: Metric
    quantity: int
    time: datetime
    is_late: bool


def report(
    *, source: str, event_id: str, metric: Metric, quantity: int, time: datetime, at: Now = SUPPLIED
) -> UsageEvent:
    """Count it."""
    if not (1 <= len(source) <= NAME_MOST and 1 <= len(event_id) <= NAME_MOST):
        raise InvalidName(pointer="/id")
    if not 1 <= quantity <= QUANTITY_MOST:
        raise InvalidQuantity(pointer="/data/quantity")
    if metric not in PERIODIC:
        raise NotReportable(pointer="/data/metric")
    if time > at + AHEAD:
        raise InTheFuture(pointer="/time")
    month, now = month_of(time), month_of(at)
    if month < closed(now)[0]:
        raise TooOld(pointer="/time")
    return UsageEvent(source, event_id, metric, quantity, time, is_late=month < now)


def code_of(source: str, event_id: str) -> str:
    """The same for the same source and id, and for no others."""
    return sha256(f"{len(source)}:{source}{event_id}".encode()).hexdigest()[:40]


def reports(before: UsageEvent | None, after: UsageEvent | None) -> Deltas:
    """What it adds to its month."""
    if before or after is None:
        return {}
    return {QUOTA.at(key_of(after.metric, month_of(after.time)), REPORTED): after.quantity}


USAGE = Entity(
    "USAGE",
    UsageEvent,
    create=report,
    created="reported",
    change={},
    adds={report},
    counts=reports,
    code=lambda event: code_of(event.source, event.event_id),
    name=lambda event: event.metric,
)
