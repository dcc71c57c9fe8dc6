"""A tenant's subscription: what it has, until when, and what it owes. Its rules are in the files beside this one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from billing.domain.bill import Bill, Line
from billing.domain.metrics import Metric
from billing.domain.periods import Period
from billing.domain.plan import Cycle, Limit, Plan
from cqrs.domain import Refused

CODE = "current"
"""The code of every tenant's one subscription: there cannot be two of them."""

EXPIRES_AFTER = timedelta(days=30)
"""For how long an amount may be past due until the subscription expires."""

REASON_MOST = 500


class NotRunning(Refused):
    """This subscription has ended; resume it first."""


class ReasonTooLong(Refused):
    """At most 500 characters fit here."""


class Status(StrEnum):
    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


RUNNING = frozenset({Status.TRIAL, Status.ACTIVE, Status.PAST_DUE})


@dataclass(frozen=True)
class Change:
    """The plan from the next period on."""

    plan: Plan
    billing_cycle: Cycle


@dataclass(frozen=True)
class Owing:
    """A bill that is not paid yet, by its number: how much is due, on which invoice; and what credit has paid of it."""

    bill: int
    amount: int
    due_at: datetime
    invoice: str = ""
    by_credit: int = 0


@dataclass(frozen=True)
class Paid:
    """What was paid of a bill of the running period and not given back, on which invoice, and by credit. No more than
    this is given back when the plan changes."""

    bill: int
    invoice: str = ""
    amount: int = 0
    by_credit: int = 0


@dataclass(frozen=True)
class Override:
    """Another limit than the plan's, given by staff for a reason; until a time, where one is said."""

    metric: Metric
    most: int | None
    reason: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Subscription:
    """`period_no` counts periods since the `anchor`, the first being 0. `credit` is in minor units. `months` are those
    whose limits stand on the counters, this one first; `limited` the metrics that ever had one. `billed` are the units
    above a limit that were billed, by `api_calls:2026-11`. `pending` is billed with the next period. `period_bill` is
    the running period's first bill; `paid` is what was paid since."""

    plan: Plan
    billing_cycle: Cycle
    status: Status
    zone: str
    anchor: datetime
    current_period: Period
    months: tuple[str, ...]
    period_no: int = 0
    trial_ends_at: datetime | None = None
    cancel_at_period_end: bool = False
    cancel_reason: str = ""
    ended_at: datetime | None = None
    scheduled: Change | None = None
    credit: int = 0
    bills: int = 0
    bill: Bill | None = None
    owing: tuple[Owing, ...] = ()
    period_bill: int = 0
    paid: tuple[Paid, ...] = ()
    pending: tuple[Line, ...] = ()
    billed: tuple[tuple[str, int], ...] = ()
    overrides: tuple[Override, ...] = ()
    limited: tuple[Metric, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def price(self) -> int:
        """Of a period, in minor units."""
        return self.plan.price(self.billing_cycle)

    def limit(self, metric: Metric) -> Limit:
        """What applies now: an override, else the plan."""
        for override in self.overrides:
            if override.metric == metric:
                return replace(self.plan.limit(metric), most=override.most)
        return self.plan.limit(metric)


def enforced(sub: Subscription, metric: Metric) -> int | None:
    """Above how much a write is refused. One that has ended has room for nothing new; what there is can be read by
    programs as before."""
    return sub.limit(metric).enforced if sub.is_running or metric == Metric.API_CALLS else 0


def with_limits(sub: Subscription) -> Subscription:
    """The subscription, once its plan or its overrides have changed: which metrics have, or had, a limit."""
    limited = {*sub.limited, *(metric for metric in Metric if enforced(sub, metric) is not None)}
    return replace(sub, limited=tuple(metric for metric in Metric if metric in limited))


def check_reason(reason: str) -> str:
    """The reason. ReasonTooLong."""
    if len(reason) > REASON_MOST:
        raise ReasonTooLong(pointer="/reason", limit=REASON_MOST)
    return reason.strip()
