"""From billing's states to their rows."""

from typing import Any

from billing.domain import INVOICE, SUBSCRIPTION, Invoice, Metric, Subscription
from billing.domain.alert import ALERT
from billing.domain.event import USAGE
from billing.domain.subscription import Override
from billing.models import InvoiceRow, SubscriptionRow
from billing.shown import line_shown, money, period_shown
from cqrs.projections import journals, projects


@projects(SUBSCRIPTION, SubscriptionRow)
def subscription_row(sub: Subscription) -> SubscriptionRow:
    return SubscriptionRow(
        plan=sub.plan.code,
        plan_version=sub.plan.version,
        billing_cycle=sub.billing_cycle,
        status=sub.status,
        price=money(sub.price, sub.plan.currency),
        current_period=period_shown(sub.current_period),
        trial_ends_at=sub.trial_ends_at,
        cancel_at_period_end=sub.cancel_at_period_end,
        cancel_reason=sub.cancel_reason,
        ended_at=sub.ended_at,
        scheduled=_scheduled(sub),
        credit=money(sub.credit, sub.plan.currency),
        owing=money(sum(each.amount for each in sub.owing), sub.plan.currency),
        limits={f"max_{metric}": sub.limit(metric).most for metric in Metric},
        overrides=[override_shown(each) for each in sub.overrides],
    )


@projects(INVOICE, InvoiceRow)
def invoice_row(invoice: Invoice) -> InvoiceRow:
    return InvoiceRow(
        kind=invoice.kind,
        status=invoice.status,
        plan=invoice.plan,
        lines=[line_shown(line, invoice.currency, cause=invoice.cause) for line in invoice.lines],
        tax=money(invoice.tax, invoice.currency),
        total=money(invoice.total, invoice.currency),
        credited=money(invoice.credited, invoice.currency),
        amount_due=money(invoice.due, invoice.currency),
        corrects=invoice.corrects,
        reason=invoice.reason,
        issued_at=invoice.issued_at,
        due_at=invoice.due_at,
        paid_at=invoice.paid_at,
        payment_method=invoice.payment_method,
        payment_reference=invoice.payment_reference,
    )


journals(USAGE)
journals(ALERT)


def _scheduled(sub: Subscription) -> dict[str, Any] | None:
    if sub.scheduled is None:
        return None
    change = sub.scheduled
    return {"plan": change.plan.code, "plan_version": change.plan.version, "billing_cycle": change.billing_cycle}


def override_shown(each: Override) -> dict[str, Any]:
    """`{"metric", "limit", "reason", "expires_at"}`."""
    ends = each.expires_at and f"{each.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    return {"metric": each.metric, "limit": each.most, "reason": each.reason, "expires_at": ends}
