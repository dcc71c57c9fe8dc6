"""What a tenant uses, of each metric: read from the counters, and members where they are kept."""

from datetime import datetime
from typing import Any

from billing.domain import PERIODIC, Metric, Subscription
from billing.domain.metrics import month_after, month_of, month_start
from billing.domain.plan import UNLIMITED, Limit
from billing.domain.usage import Usage, load, used
from cqrs.log import Log
from tenants.models import Membership


def members_of(tenant: str) -> int:
    """How many people belong to it."""
    return Membership.objects.filter(tenant__code=tenant).count()


def usage_of(log: Log, sub: Subscription) -> Usage:
    """What a change of plan is held against; members too."""
    found = load(log, sub, {})
    return Usage({**found.used, Metric.USERS: members_of(log.tenant)})


def told(log: Log, sub: Subscription | None, month: str, *, now: datetime) -> dict[str, dict[str, Any]]:
    """By metric: `used, limit, remaining, percent, resets_at, forecast`. Of a gauge, as it is now."""
    return {str(metric): _told(metric, _used(log, metric, month), sub, month, now=now) for metric in Metric}


def limit_of(sub: Subscription | None, metric: Metric) -> Limit:
    """What applies to a metric now; no limit where nobody has subscribed to anything."""
    return sub.limit(metric) if sub else UNLIMITED


def percent_of(used: int, most: int) -> int:
    """In whole percent; of nothing, everything is used."""
    return used * 100 // most if most else 100


def _used(log: Log, metric: Metric, month: str) -> int:
    return members_of(log.tenant) if metric == Metric.USERS else used(log, metric, month)


def _told(metric: Metric, used: int, sub: Subscription | None, month: str, *, now: datetime) -> dict[str, Any]:
    limit = limit_of(sub, metric)
    return {
        "used": used,
        "limit": limit.most,
        "remaining": None if limit.most is None else max(0, limit.most - used),
        "percent": None if limit.most is None else percent_of(used, limit.most),
        "resets_at": f"{month_after(month):%Y-%m-%dT%H:%M:%SZ}" if metric in PERIODIC else None,
        "forecast": forecast(used, month, now=now) if metric in PERIODIC else None,
        "enforcement": limit.enforcement,
    }


def forecast(used: int, month: str, *, now: datetime) -> int:
    """What a month will come to at this pace; a month that is over, what it came to."""
    if month_of(now) != month:
        return used
    start, end = month_start(month), month_after(month)
    return round(used * (end - start) / max(now - start, (end - start) / 1000))
