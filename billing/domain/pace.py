"""Where a month is going: what it will come to, and when its limit is reached, if people go on as they have so far.

All of it is counted in whole microseconds: a figure may be as large as it likes, an instant is only made of one that
lies within the month.
"""

from datetime import datetime, timedelta
from fractions import Fraction

from billing.domain.metrics import month_after, month_of, month_start

LEAST = timedelta(hours=1)
"""A month is taken to have lasted so long, lest its first minute says what a month will come to."""

_MICROSECOND = timedelta(microseconds=1)


def forecast(used: int, month: str, *, now: datetime) -> int:
    """What a month will come to at this pace; a month that is over, what it came to."""
    if month_of(now) != month:
        return used
    elapsed, whole = _spans(month, now=now)
    return round(Fraction(used * whole, elapsed))


def limit_hit_at(used: int, limit: int | None, month: str, *, now: datetime) -> datetime | None:
    """When a month's limit is reached at this pace, which is `now` where it is; None where that is not before the month
    is over, or where there is no limit."""
    if limit is None or month_of(now) != month:
        return None
    if used >= limit:
        return now
    elapsed, whole = _spans(month, now=now)
    if used <= 0 or elapsed * limit >= whole * used:
        return None
    return month_start(month) + elapsed * limit // used * _MICROSECOND


def _spans(month: str, *, now: datetime) -> tuple[int, int]:
    """How long a month has lasted, and how long it is, in microseconds."""
    start = month_start(month)
    return max(now - start, LEAST) // _MICROSECOND, (month_after(month) - start) // _MICROSECOND
