"""When a period ends: always counted from where the subscription began, so that a month's end does not wander.

A subscription of 31 January is renewed on 28 February and on 31 March, at the same time of day where the tenant is.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from billing.domain.plan import Cycle

MONTHS = {Cycle.MONTHLY: 1, Cycle.YEARLY: 12}


@dataclass(frozen=True)
class Period:
    """From `start` on and before `end`, both whole seconds of UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())

    def rest(self, at: datetime) -> "Period":
        """What is left of it from a moment on."""
        return Period(min(max(at, self.start), self.end), self.end)


def boundary(anchor: datetime, cycle: Cycle, number: int, *, zone: str) -> datetime:
    """Where period `number` starts, the first being 0: so many months after the anchor, on the same day or the month's
    last, at the same local time. A time that the clocks skip is taken an hour later, one that they repeat is the first
    of the two."""
    local = anchor.astimezone(ZoneInfo(zone))
    years, month = divmod(local.year * 12 + local.month - 1 + number * MONTHS[cycle], 12)
    day = min(local.day, monthrange(years, month + 1)[1])
    naive = local.replace(year=years, month=month + 1, day=day, tzinfo=None, fold=0)
    if number == 0:
        return anchor
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def period(anchor: datetime, cycle: Cycle, number: int, *, zone: str) -> Period:
    """Period `number`, the first being 0."""
    return Period(boundary(anchor, cycle, number, zone=zone), boundary(anchor, cycle, number + 1, zone=zone))


def whole_second(at: datetime) -> datetime:
    """What is billed by the second begins with one."""
    return at.replace(microsecond=0)
