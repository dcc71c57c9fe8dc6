"""Quotes: what a change of plan would cost at this second. A quote is kept nowhere: its id is what was quoted, signed,
so that nobody but us can make one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing

from billing.domain import Cycle, Plan, Subscription
from billing.domain.periods import whole_second
from billing.domain.replanning import QUOTED_FOR, BelowUse, changed, check_fits
from billing.domain.usage import Usage
from billing.plans.catalogue import terms
from billing.plans.models import PlanVersion
from billing.shown import line_shown, money
from cqrs.domain import Refused, Stale, Version

FIELDS = ("plan", "plan_version", "billing_cycle", "at_period_end", "version", "effective_at")


class UnknownQuote(Refused):
    """This is no quote of ours; ask for one at `subscription/quote/`."""


class StaleQuote(Stale):
    """This was quoted for something that is not so any more; here is what it costs now."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was quoted: which plan, from when on, decided on which version of the subscription."""

    plan: str
    plan_version: int
    billing_cycle: Cycle
    at_period_end: bool
    version: int
    effective_at: datetime


def quote(
    head: Version[Subscription], row: PlanVersion, cycle: Cycle, *, at_period_end: bool, usage: Usage, now: datetime
) -> dict[str, Any]:
    """`{"id", "expires_at", "amount", "lines", "breaches", …}`: what it comes to, and what stands in its way. Refuses
    what the rule refuses, but for breaches."""
    at, plan = whole_second(max(now, head.at)), terms(row)
    after = changed(
        head.state, plan=plan, cycle=cycle, effective_at=at, at_period_end=at_period_end, at=max(now, head.at)
    )
    bill = after.bill if after.bills > head.state.bills else None
    quoted = Quoted(row.code, row.version, cycle, at_period_end, head.version, at)
    return {
        "id": _signed(quoted, head.tenant_code),
        "plan": row.code,
        "plan_version": row.version,
        "billing_cycle": cycle,
        "at_period_end": at_period_end,
        "effective_at": _shown(head.state.current_period.end if at_period_end else at),
        "expires_at": _shown(at + QUOTED_FOR),
        "amount": money(bill.total if bill else 0, plan.currency),
        "lines": [line_shown(line, plan.currency) for line in bill.lines] if bill else [],
        "breaches": _breaches(head.state, plan, usage, at_period_end=at_period_end),
    }


def read(id: str, *, tenant: str) -> Quoted:
    """What was quoted to this tenant under an id. UnknownQuote."""
    try:
        told = signing.loads(id, salt=_salt(tenant))
    except signing.BadSignature:
        raise UnknownQuote(pointer="/quote") from None
    plan, plan_version, cycle, at_period_end, version, seconds = told
    return Quoted(plan, plan_version, Cycle(cycle), at_period_end, version, datetime.fromtimestamp(seconds, UTC))


def _signed(quoted: Quoted, tenant: str) -> str:
    told = [getattr(quoted, name) for name in FIELDS[:-1]]
    return signing.dumps([*told, int(quoted.effective_at.timestamp())], salt=_salt(tenant))


def _salt(tenant: str) -> str:
    return f"billing.quote:{tenant}"


def _breaches(sub: Subscription, plan: Plan, usage: Usage, *, at_period_end: bool) -> Sequence[dict[str, Any]]:
    try:
        check_fits(sub, plan, usage, at_period_end=at_period_end)
    except BelowUse as refused:
        return refused.fields["errors"]  # type: ignore[return-value]
    return []


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
