"""What a tenant uses, of each metric: read from the counters, or measured."""

from datetime import datetime
from typing import Any

from billing.domain import PERIODIC, Metric, Subscription
from billing.domain.metrics import month_after
from billing.domain.pace import forecast, limit_hit_at
from billing.domain.plan import UNLIMITED, Limit
from billing.domain.usage import Usage, load, used
from billing.measured import MEASURED
from cqrs.log import Log


def usage_of(log: Log, sub: Subscription) -> Usage:
    """What a change of plan is held against."""
    found = load(log, sub, {})
    return Usage({**found.used, **{metric: measure(log.tenant) for metric, measure in MEASURED.items()}})


def told(log: Log, sub: Subscription | None, month: str, *, now: datetime) -> dict[str, dict[str, Any]]:
    """By metric: `used, limit, remaining, percent, resets_at, forecast, limit_hit_at`. Of a gauge, as it is now."""
    return {str(metric): _told(metric, used_of(log, metric, month), sub, month, now=now) for metric in Metric}


def limit_of(sub: Subscription | None, metric: Metric) -> Limit:
    """What applies to a metric now; no limit where nobody has subscribed to anything."""
    return sub.limit(metric) if sub else UNLIMITED


def percent_of(used: int, most: int) -> int:
    """In whole percent; of nothing, everything is used."""
    return used * 100 // most if most else 100


def used_of(log: Log, metric: Metric, month: str) -> int:
    """Of one metric: measured, or what its counters say."""
    return MEASURED[metric](log.tenant) if metric in MEASURED else used(log, metric, month)


def _told(metric: Metric, used: int, sub: Subscription | None, month: str, *, now: datetime) -> dict[str, Any]:
    limit = limit_of(sub, metric)
    hit = limit_hit_at(used, limit.most, month, now=now) if metric in PERIODIC else None
    return {
        "used": used,
        "limit": limit.most,
        "remaining": None if limit.most is None else max(0, limit.most - used),
        "percent": None if limit.most is None else percent_of(used, limit.most),
        "resets_at": f"{month_after(month):%Y-%m-%dT%H:%M:%SZ}" if metric in PERIODIC else None,
        "forecast": forecast(used, month, now=now) if metric in PERIODIC else None,
        "limit_hit_at": hit and f"{hit:%Y-%m-%dT%H:%M:%SZ}",
        "enforcement": limit.enforcement,
    }
