"""How a subscription begins, changes its plan, is cancelled and resumed: what people decide about it."""

from dataclasses import replace
from datetime import datetime, timedelta

from billing.domain.bill import base, charge, refund
from billing.domain.metrics import PERIODIC, Metric, month_of, shifted
from billing.domain.periods import Period, period, whole_second
from billing.domain.plan import Cycle, Plan
from billing.domain.subscription import Change, NotRunning, Status, Subscription, billed, check_reason, with_limits
from billing.domain.usage import Usage
from cqrs.domain import SUPPLIED, Now, Refused, Stale

AHEAD = 2
"""Months beyond this one whose limits stand on the counters already: so much a run may be late."""

QUOTED_FOR = timedelta(minutes=15)
"""How long a quote is good."""


TRIAL_MOST = 365


class InvalidTrial(Refused):
    """A trial lasts 1 to 365 days."""


class BelowUse(Refused):
    """More is used than that plan has."""


class OtherCurrency(Refused):
    """A subscription stays with the currency it began in."""


class QuoteExpired(Stale):
    """This quote is older than a quarter of an hour."""


class PeriodOver(Stale):
    """The period this was quoted for is over."""


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


def change_plan(
    sub: Subscription,
    *,
    plan: Plan,
    billing_cycle: Cycle,
    effective_at: datetime,
    at_period_end: bool = False,
    members: int = 0,
    usage: Usage = SUPPLIED,
    at: Now = SUPPLIED,
) -> Subscription:
    """Another plan or cycle, as it was quoted at `effective_at`; or from the next period on."""
    if not effective_at <= at < effective_at + QUOTED_FOR:
        raise QuoteExpired
    check_fits(sub, plan, usage, members=members, at_period_end=at_period_end)
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
    return billed(fresh, (base(sub.plan, sub.billing_cycle, first), *sub.pending), at=at)


def ended(sub: Subscription, at: datetime) -> Subscription:
    """Cancelled, from a moment on; what waited for the next bill is billed now."""
    over = replace(sub, status=Status.CANCELLED, cancel_at_period_end=False, ended_at=at, scheduled=None, pending=())
    return billed(over, sub.pending, at=at)


def check_fits(sub: Subscription, plan: Plan, usage: Usage, *, members: int, at_period_end: bool) -> None:
    """BelowUse, with each limit that is less than what is used. From the next period on, this month does not count."""
    anew, breaches = replace(sub, plan=plan), []
    for metric in Metric:
        most = anew.limit(metric).enforced
        used = members if metric == Metric.USERS else usage.of(metric, sub.months[0])
        if most is not None and used > most and not (at_period_end and metric in PERIODIC):
            detail = f"{used} {metric.replace('_', ' ')} are used, and that plan has {most}."
            breach = {"metric": metric, "used": used, "limit": most}
            breaches.append({"pointer": "/plan", "code": BelowUse.code, "detail": detail} | breach)
    if breaches:
        raise BelowUse(errors=breaches)


def months_from(month: str) -> tuple[str, ...]:
    """The months whose limits stand on the counters."""
    return tuple(shifted(month, ahead) for ahead in range(AHEAD + 1))


def _prorated(sub: Subscription, anew: Subscription, start: datetime, *, at: datetime) -> Subscription:
    """The same period goes on at the other price; another cycle begins a period of its own."""
    unused = refund(sub.plan, sub.billing_cycle, of=sub.current_period, at=start)
    if anew.billing_cycle == sub.billing_cycle:
        rest = charge(anew.plan, anew.billing_cycle, of=sub.current_period, at=start)
        return billed(anew, (unused, rest), at=at)
    first = period(start, anew.billing_cycle, 0, zone=anew.zone)
    anew = replace(anew, anchor=start, period_no=0, current_period=first)
    return billed(anew, (unused, base(anew.plan, anew.billing_cycle, first)), at=at)
