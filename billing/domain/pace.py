"""Where a month is going: what it will come to, and when its limit is reached, if people go on as they have so far."""

from datetime import datetime, timedelta

from billing.domain.metrics import month_after, month_of, month_start

LEAST = timedelta(hours=1)
"""A month is taken to have lasted so long, lest its first minute says what a month will come to."""


def forecast(used: int, month: str, *, now: datetime) -> int:
    """What a month will come to at this pace; a month that is over, what it came to."""
    if month_of(now) != month:
        return used
    start, end = month_start(month), month_after(month)
    return round(used * (end - start) / max(now - start, LEAST))


def limit_hit_at(used: int, limit: int | None, month: str, *, now: datetime) -> datetime | None:
    """When a month's limit is reached at this pace, which is `now` where it is; None where that is not before the month
    is over, or where there is no limit."""
    if limit is None or month_of(now) != month:
        return None
    if used >= limit:
        return now
    if not used:
        return None
    start = month_start(month)
    hit = start + max(now - start, LEAST) * (limit / used)
    return hit if hit < month_after(month) else None
