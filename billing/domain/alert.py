"""Alerts: a metric comes to 80 % of its limit, and to all of it; each is told once in a month, of a gauge once until it
is resolved. They refuse nothing: the counters do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from billing.domain.metrics import Metric, key_of
from cqrs.domain import Entity

NEAR, FULL = 80, 100
"""Percent."""


@dataclass(frozen=True)
class Alert:
    """How far a metric had come when it was told last: 80, 100, or 0 once that was resolved. `month` is empty for a
    gauge."""

    metric: Metric
    month: str
    reached: int
    used: int
    limit: int


def warn(*, metric: Metric, month: str, used: int, limit: int) -> Alert:
    """It is near its limit, for the first time."""
    return Alert(metric, month, NEAR, used, limit)


def warn_again(alert: Alert, *, used: int, limit: int) -> Alert:
    """It is near its limit, after that had been resolved."""
    return _reached(alert, NEAR, used, limit) if alert.reached < NEAR else alert


def exhaust(alert: Alert, *, used: int, limit: int) -> Alert:
    """It is used up."""
    return _reached(alert, FULL, used, limit) if alert.reached < FULL else alert


def resolve(alert: Alert, *, used: int, limit: int) -> Alert:
    """There is room again: less is used, or the limit is higher."""
    return _reached(alert, 0, used, limit) if alert.reached else alert


def follows(alert: Alert | None, percent: int) -> Sequence[str]:
    """The rules that tell what is new about a metric, `warn` for one that was never told of."""
    reached = alert.reached if alert else 0
    near = ["warn_again" if alert else "warn"] if percent >= NEAR > reached else []
    full = ["exhaust"] if percent >= FULL > reached else []
    return [*near, *full] or (["resolve"] if reached and percent < NEAR else [])


def _reached(alert: Alert, reached: int, used: int, limit: int) -> Alert:
    return replace(alert, reached=reached, used=used, limit=limit)


ALERT = Entity(
    "QUOTA",
    Alert,
    create=warn,
    created="warned",
    change={"warned_again": warn_again, "exhausted": exhaust, "resolved": resolve},
    code=lambda alert: key_of(alert.metric, alert.month),
    name=lambda alert: alert.metric,
)
