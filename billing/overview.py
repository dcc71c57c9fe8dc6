"""All subscriptions in one table of the public schema, for staff: each as a run, or a button, has last found it."""

from typing import Any

from billing.clerk import real_time
from billing.domain import Cycle, Status, Subscription
from billing.plans.models import Standing
from billing.projections import override_shown
from cqrs.domain import Version
from tenants.models import Tenant

PAYING = frozenset({Status.ACTIVE, Status.PAST_DUE})


def note_standing(head: Version[Subscription]) -> None:
    """Note how a tenant's subscription stands."""
    tenant = Tenant.objects.filter(code=head.tenant_code).first()
    if tenant:
        Standing.objects.update_or_create(tenant=tenant, defaults=_fields(head.state))


def monthly(sub: Subscription) -> int:
    """What it brings in a month, in minor units."""
    if sub.status not in PAYING:
        return 0
    return sub.price if sub.billing_cycle == Cycle.MONTHLY else round(sub.price / 12)


def _fields(sub: Subscription) -> dict[str, Any]:
    return {
        "status": sub.status,
        "plan": sub.plan.code,
        "plan_version": sub.plan.version,
        "billing_cycle": sub.billing_cycle,
        "monthly": monthly(sub),
        "owing": sum(each.amount for each in sub.owing),
        "currency": sub.plan.currency,
        "period_ends_at": sub.current_period.end,
        "cancel_at_period_end": sub.cancel_at_period_end,
        "overrides": [override_shown(each) for each in sub.overrides],
        "seen_at": real_time(),
    }
