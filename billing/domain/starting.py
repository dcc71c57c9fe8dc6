"""How a subscription begins, is cancelled and resumed."""

from dataclasses import replace
from datetime import datetime, timedelta

from billing.domain.bill import base
from billing.domain.charging import billed, turned
from billing.domain.metrics import month_of, shifted
from billing.domain.periods import Period, period, whole_second
from billing.domain.plan import Cycle, Plan
from billing.domain.subscription import Status, Subscription, check_reason, with_limits
from cqrs.domain import SUPPLIED, Now, Refused

AHEAD = 2
"""Months beyond this one whose limits stand on the counters already: so much a run may be late."""

TRIAL_MOST = 365


class InvalidTrial(Refused):
    """A trial lasts 1 to 365 days."""


class PayFirst(Refused):
    """Something is past due: it is paid first."""


def subscribe(
    *, plan: Plan, billing_cycle: Cycle = Cycle.MONTHLY, trial_days: int = 14, zone: str = "UTC", at: Now = SUPPLIED
) -> Subscription:
    """A new tenant's: a trial, after which the first period begins. InvalidTrial."""
    if not 1 <= trial_days <= TRIAL_MOST:
        raise InvalidTrial(pointer="/trial_days")
    start = whole_second(at)
    trial_ends_at = start + timedelta(days=trial_days)
    sub = Subscription(
        plan=plan,
        billing_cycle=billing_cycle,
        status=Status.TRIAL,
        zone=zone,
        anchor=start,
        current_period=Period(start, trial_ends_at),
        trial_ends_at=trial_ends_at,
        months=months_from(month_of(at)),
    )
    return with_limits(sub)


def start_over(
    sub: Subscription,
    *,
    plan: Plan,
    billing_cycle: Cycle = Cycle.MONTHLY,
    trial_days: int = 14,
    zone: str = "UTC",
    at: Now = SUPPLIED,
) -> Subscription:
    """What is left of a sign-up that came to nothing, for the tenant that is made now; nobody has used it."""
    anew = subscribe(plan=plan, billing_cycle=billing_cycle, trial_days=trial_days, zone=zone, at=at)
    return with_limits(replace(anew, limited=sub.limited))


def cancel(sub: Subscription, *, at_period_end: bool = True, reason: str = "", at: Now = SUPPLIED) -> Subscription:
    """It ends with the period, or now; a period that was billed stays so."""
    reason = check_reason(reason)
    if not sub.is_running:
        return sub
    if at_period_end:
        return replace(sub, cancel_at_period_end=True, cancel_reason=reason)
    return ended(replace(sub, cancel_reason=reason), whole_second(at))


def resume(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """It goes on: in the period that was billed, or with a new one."""
    kept = replace(sub, cancel_at_period_end=False, cancel_reason="", ended_at=None)
    if sub.is_running:
        return kept
    if any(each.due_at <= at for each in sub.owing):
        raise PayFirst
    if at < sub.current_period.end:
        in_trial = sub.trial_ends_at is not None and sub.trial_ends_at == sub.current_period.end
        return replace(kept, status=Status.TRIAL if in_trial else Status.ACTIVE)
    return begun(kept, whole_second(at), at=at)


def begun(sub: Subscription, start: datetime, *, at: datetime) -> Subscription:
    """A first period from here on, billed."""
    first = period(start, sub.billing_cycle, 0, zone=sub.zone)
    fresh = replace(sub, status=Status.ACTIVE, anchor=start, period_no=0, current_period=first, pending=())
    return billed(turned(fresh), (base(sub.plan, sub.billing_cycle, first), *sub.pending), at=at)


def ended(sub: Subscription, at: datetime) -> Subscription:
    """Cancelled, from a moment on; what waited for the next bill is billed now."""
    over = replace(sub, status=Status.CANCELLED, cancel_at_period_end=False, ended_at=at, scheduled=None, pending=())
    return billed(with_limits(over), sub.pending, at=at)


def months_from(month: str) -> tuple[str, ...]:
    """The months whose limits stand on the counters."""
    return tuple(shifted(month, ahead) for ahead in range(AHEAD + 1))
