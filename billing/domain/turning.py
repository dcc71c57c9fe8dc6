"""What time does to a subscription: periods turn, trials end, amounts fall due, limits are set for months to come.

`due` says which of these rules is next; asked too early, or again, each changes nothing. One step is one fact, however
late it is taken, so a run that was killed, or two at once, bill nothing twice.
"""

from dataclasses import replace
from datetime import datetime

from billing.domain.bill import Bill, base
from billing.domain.charging import billed, turned
from billing.domain.metrics import month_of, shifted
from billing.domain.periods import period
from billing.domain.plan import Cycle
from billing.domain.starting import begun, ended, months_from
from billing.domain.subscription import EXPIRES_AFTER, Status, Subscription, with_limits
from billing.domain.usage import Usage, closed, over
from cqrs.domain import SUPPLIED, Now


def due(sub: Subscription, *, at: datetime) -> str | None:
    """The name of the rule that time asks next; None where all is as it should be."""
    if month_of(at) > sub.months[0]:
        return "roll"
    if any(each.expires_at and each.expires_at <= at for each in sub.overrides):
        return "end_overrides"
    if sub.is_running and sub.current_period.end <= at:
        goes_on = "activate" if sub.status == Status.TRIAL else "renew"
        return "finish" if sub.cancel_at_period_end else goes_on
    return _unpaid(sub, at=at)


def roll(sub: Subscription, *, usage: Usage = SUPPLIED, at: Now = SUPPLIED) -> Subscription:
    """A month is over: what was above its limits is billed with the next period, where that is a month; and limits are
    set for the months to come."""
    if due(sub, at=at) != "roll":
        return sub
    sub = replace(sub, months=months_from(shifted(sub.months[0], 1)))
    found = list(over(sub, usage, closed(sub.months[0])))
    lines = tuple(line for _, line, _ in found)
    counted = dict(sub.billed) | {key: units for key, _, units in found}
    open_ = sorted((key, units) for key, units in counted.items() if key.partition(":")[2] >= closed(sub.months[0])[0])
    sub = replace(sub, billed=tuple(open_))
    if sub.is_running and sub.billing_cycle == Cycle.MONTHLY:
        return replace(sub, pending=(*sub.pending, *lines))
    return billed(sub, lines, at=at)


def activate(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """The trial is over: the first period begins where it ended."""
    if due(sub, at=at) != "activate":
        return sub
    return begun(sub, sub.current_period.end, at=at)


def renew(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """The next period, billed, with the plan that was chosen for it."""
    return renewed(sub, at=at) if due(sub, at=at) == "renew" else sub


def renewed(sub: Subscription, *, at: datetime) -> Subscription:
    """The subscription in its next period: what the preview shows, and the run makes so."""
    change, number = sub.scheduled, sub.period_no + 1
    next_ = replace(sub, pending=(), scheduled=None, period_no=number)
    if change and change.billing_cycle != sub.billing_cycle:
        next_ = replace(next_, anchor=sub.current_period.end, period_no=0)
    if change:
        next_ = with_limits(replace(next_, plan=change.plan, billing_cycle=change.billing_cycle))
    then = period(next_.anchor, next_.billing_cycle, next_.period_no, zone=sub.zone)
    next_ = turned(replace(next_, current_period=then))
    return billed(next_, (base(next_.plan, next_.billing_cycle, then), *sub.pending), at=at)


def finish(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """It ends with its period, as was asked for."""
    return ended(sub, sub.current_period.end) if due(sub, at=at) == "finish" else sub


def fall_due(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """Something was not paid in time."""
    return replace(sub, status=Status.PAST_DUE) if due(sub, at=at) == "fall_due" else sub


def expire(sub: Subscription, *, at: Now = SUPPLIED) -> Subscription:
    """It was not paid for a month after that: this is the end of it."""
    if due(sub, at=at) != "expire":
        return sub
    return replace(ended(sub, at), status=Status.EXPIRED)


def next_bill(sub: Subscription) -> Bill | None:
    """What the end of the period will bill, as things stand; None where that is nothing."""
    end = sub.current_period.end
    if not sub.is_running:
        return None
    if sub.cancel_at_period_end:
        after = ended(sub, end)
    else:
        after = begun(sub, end, at=end) if sub.status == Status.TRIAL else renewed(sub, at=end)
    return after.bill if after.bills > sub.bills else None


def expires_at(sub: Subscription) -> datetime | None:
    """When it expires unless all that is past due is paid by then; None where nothing is past due."""
    oldest = _oldest(sub)
    return oldest + EXPIRES_AFTER if oldest and sub.status == Status.PAST_DUE else None


def _oldest(sub: Subscription) -> datetime | None:
    """By when something should have been paid, or should be."""
    return min((each.due_at for each in sub.owing), default=None)


def _unpaid(sub: Subscription, *, at: datetime) -> str | None:
    oldest = _oldest(sub)
    if oldest and sub.status == Status.ACTIVE and oldest <= at:
        return "fall_due"
    if oldest and sub.status == Status.PAST_DUE and oldest + EXPIRES_AFTER <= at:
        return "expire"
    return None
