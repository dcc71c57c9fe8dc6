"""How a subscription changes its plan: as quoted, where there is room for what is used, prorated by the second."""

from dataclasses import replace
from datetime import datetime, timedelta

from billing.domain.bill import base, charge, refund
from billing.domain.charging import billed
from billing.domain.metrics import PERIODIC, Metric
from billing.domain.periods import period, whole_second
from billing.domain.plan import Cycle, Plan
from billing.domain.subscription import Change, NotRunning, Status, Subscription, with_limits
from billing.domain.usage import Usage
from cqrs.domain import SUPPLIED, Now, Refused, Stale

QUOTED_FOR = timedelta(minutes=15)
"""How long a quote is good."""


class BelowUse(Refused):
    """More is used than that plan has."""


class OtherCurrency(Refused):
    """A subscription stays with the currency it began in."""


class QuoteExpired(Stale):
    """This quote is older than a quarter of an hour."""


class PeriodOver(Stale):
    """The period this was quoted for is over."""


def change_plan(
    sub: Subscription,
    *,
    plan: Plan,
    billing_cycle: Cycle,
    effective_at: datetime,
    at_period_end: bool = False,
    members: int = 0,
    storage_gb: int = 0,
    usage: Usage = SUPPLIED,
    at: Now = SUPPLIED,
) -> Subscription:
    """Another plan or cycle, as it was quoted at `effective_at`; or from the next period on. What is measured, and not
    counted, is told."""
    if not effective_at <= at < effective_at + QUOTED_FOR:
        raise QuoteExpired
    if not sub.is_running:
        raise NotRunning(status=sub.status)
    usage = Usage({**usage.used, Metric.USERS: members, Metric.STORAGE_GB: storage_gb})
    check_fits(sub, plan, usage, at_period_end=at_period_end)
    return changed(sub, plan=plan, cycle=billing_cycle, effective_at=effective_at, at_period_end=at_period_end, at=at)


def changed(
    sub: Subscription, *, plan: Plan, cycle: Cycle, effective_at: datetime, at_period_end: bool, at: datetime
) -> Subscription:
    """What the change makes of it: the quote shows its bill, the rule makes it so. NotRunning, OtherCurrency,
    PeriodOver."""
    if not sub.is_running:
        raise NotRunning(status=sub.status)
    if plan.currency != sub.plan.currency:
        raise OtherCurrency(pointer="/plan", currency=plan.currency)
    wanted = Change(plan, cycle)
    is_same = wanted == Change(sub.plan, sub.billing_cycle)
    if is_same or at_period_end:
        return replace(sub, scheduled=None if is_same else wanted)
    anew = with_limits(replace(sub, plan=plan, billing_cycle=cycle, scheduled=None))
    if sub.status == Status.TRIAL:
        return anew
    if not sub.current_period.start <= effective_at < sub.current_period.end:
        raise PeriodOver
    return _prorated(sub, anew, whole_second(effective_at), at=at)


def check_fits(sub: Subscription, plan: Plan, usage: Usage, *, at_period_end: bool) -> None:
    """BelowUse, with each limit that is less than what is used. From the next period on, this month does not count."""
    anew, breaches = replace(sub, plan=plan), []
    for metric in Metric:
        most = anew.limit(metric).enforced
        used = usage.of(metric, sub.months[0])
        if most is not None and used > most and not (at_period_end and metric in PERIODIC):
            detail = f"{used} {metric.replace('_', ' ')} are used, and that plan has {most}."
            breach = {"metric": metric, "used": used, "limit": most}
            breaches.append({"pointer": "/plan", "code": BelowUse.code, "detail": detail} | breach)
    if breaches:
        raise BelowUse(errors=breaches)


def _prorated(sub: Subscription, anew: Subscription, start: datetime, *, at: datetime) -> Subscription:
    """The same period goes on at the other price; another cycle begins a period of its own."""
    unused = refund(sub.plan, sub.billing_cycle, of=sub.current_period, at=start)
    if anew.billing_cycle == sub.billing_cycle:
        rest = charge(anew.plan, anew.billing_cycle, of=sub.current_period, at=start)
        return billed(anew, (unused, rest), at=at)
    first = period(start, anew.billing_cycle, 0, zone=anew.zone)
    anew = replace(anew, anchor=start, period_no=0, current_period=first)
    return billed(anew, (unused, base(anew.plan, anew.billing_cycle, first)), at=at)
