"""Changing the plan, as the API and the pages do it: a quote first, then what was quoted."""

from dataclasses import dataclass
from typing import Any

from billing import quotes
from billing.clerk import SK, real_time
from billing.domain import SUBSCRIPTION, Cycle, Metric, Subscription
from billing.domain.replanning import change_plan
from billing.domain.turning import due
from billing.measured import MEASURED
from billing.plans.catalogue import offered, terms, version_of
from billing.plans.models import PlanVersion
from billing.runs import turn
from billing.usage import usage_of
from cqrs.domain import Command, Version
from cqrs.log import Log


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was quoted, as a command; and whether that plan can still be chosen."""

    quoted: quotes.Quoted
    command: Command[Subscription]
    is_offered: bool


def current(log: Log) -> Version[Subscription]:
    """The subscription, once all that is due has been done to it. NotFound."""
    head, now = log.get(SUBSCRIPTION, SK), real_time()
    if due(head.state, at=max(now, head.at)):
        list(turn(log.tenant, now=now))
        head = log.get(SUBSCRIPTION, SK)
    return head


def quoted(log: Log, plan: str, cycle: Cycle, *, at_period_end: bool) -> dict[str, Any]:
    """What a change would cost now. UnknownPlan, NotRunning, OtherCurrency."""
    row, head = offered(plan), current(log)
    usage = usage_of(log, head.state)
    return quotes.quote(head, row, cycle, at_period_end=at_period_end, usage=usage, now=real_time())


def agreed(id: str, *, tenant: str) -> Agreed:
    """What somebody agrees to by a quote's id. UnknownQuote."""
    found = quotes.read(id, tenant=tenant)
    row = version_of(found.plan, found.plan_version)
    args = {
        "plan": terms(row),
        "billing_cycle": found.billing_cycle,
        "effective_at": found.effective_at,
        "at_period_end": found.at_period_end,
        "members": MEASURED[Metric.USERS](tenant),
        "storage_gb": MEASURED[Metric.STORAGE_GB](tenant),
    }
    rule = SUBSCRIPTION.rule(change_plan.__name__)
    command: Command[Subscription] = Command(SUBSCRIPTION, rule, args, SK, found.version)
    return Agreed(found, command, row.state == PlanVersion.State.PUBLISHED)


def stale(log: Log, found: quotes.Quoted) -> quotes.StaleQuote:
    """The refusal of a quote that is not good any more, with the new one. UnknownPlan where there is none."""
    return quotes.StaleQuote(quote=quoted(log, found.plan, found.billing_cycle, at_period_end=found.at_period_end))
