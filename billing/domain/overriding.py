"""Limits that staff set otherwise than the plan says, each for a reason, and until a time where one is said."""

from dataclasses import replace
from datetime import datetime

from billing.domain.metrics import Metric
from billing.domain.subscription import Override, Subscription, check_reason, with_limits
from billing.domain.turning import due
from cqrs.domain import SUPPLIED, Now, Refused, to_utc


class InvalidLimit(Refused):
    """A limit is 0 or more, or null for none."""


class ReasonRequired(Refused):
    """Say why."""


class ExpiryPassed(Refused):
    """This time is over already."""


def override(
    sub: Subscription,
    *,
    metric: Metric,
    most: int | None,
    reason: str,
    expires_at: datetime | None = None,
    at: Now = SUPPLIED,
) -> Subscription:
    """Another limit for a metric, in the place of any other override of it."""
    if most is not None and not 0 <= most < 2**53:
        raise InvalidLimit(pointer="/most")
    if not check_reason(reason):
        raise ReasonRequired(pointer="/reason")
    expires_at = expires_at and to_utc(expires_at, pointer="/expires_at")
    if expires_at is not None and expires_at <= at:
        raise ExpiryPassed(pointer="/expires_at")
    others = tuple(each for each in sub.overrides if each.metric != metric)
    return with_limits(replace(sub, overrides=(*others, Override(metric, most, check_reason(reason), expires_at))))


def lift_override(sub: Subscription, *, metric: Metric) -> Subscription:
    """The plan's limit applies again."""
    kept = tuple(each for each in sub.overrides if each.metric != metric)
    return with_limits(replace(sub, overrides=kept))


def end_overrides(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """Those whose time is over end."""
    if due(sub, at=at) != "end_overrides":
        return sub
    kept = tuple(each for each in sub.overrides if each.expires_at is None or each.expires_at > at)
    return with_limits(replace(sub, overrides=kept))
