"""The plan: what it is and how much of it is used; ending it, and going on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from billing.clerk import SK, real_time
from billing.domain import SUBSCRIPTION, Metric
from billing.domain.metrics import month_of
from billing.domain.starting import cancel as ends
from billing.domain.starting import resume as goes_on
from billing.domain.turning import expires_at, next_bill
from billing.queries import invoices
from billing.shown import line_shown, money
from billing.web.bars import bars_of
from billing.web.days import days_of
from billing.web.sending import sent
from cqrs.domain import NotFound
from face.web import caught_up, log_of, signed_in

READ, MANAGE = "subscription:read", "subscription:manage"
SHOWN = 5
"""Invoices on the first page."""


@require_safe
@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """The plan, bars of what is used, the next invoice so far and the last ones."""
    behind, log = not caught_up(request), log_of(request)
    try:
        head = log.get(SUBSCRIPTION, SK)
    except NotFound:
        return render(request, "billing/none.html")
    sub, bill = head.state, next_bill(head.state)
    context = {
        "sub": sub,
        "head": head,
        "price": money(sub.price, sub.plan.currency),
        "credit": money(sub.credit, sub.plan.currency),
        "bars": bars_of(log, sub),
        "next": bill and money(bill.total, sub.plan.currency),
        "next_lines": [line_shown(line, sub.plan.currency) for line in bill.lines] if bill else [],
        "invoices": invoices().order_by("-issued_at", "-code")[:SHOWN],
        "expires_at": expires_at(sub),
        "behind": behind,
        "may_manage": _may_manage(request),
    }
    return render(request, "billing/overview.html", context)


@require_safe
@signed_in(READ)
def usage(request: HttpRequest) -> HttpResponse:
    """Each metric, and its days of this month as a picture and as a table."""
    log = log_of(request)
    try:
        sub = log.get(SUBSCRIPTION, SK).state
    except NotFound:
        return render(request, "billing/none.html")
    month = month_of(real_time())
    charts = [days_of(metric, month, until=real_time()) for metric in (Metric.ORDERS, Metric.RESPONSES)]
    return render(request, "billing/usage.html", {"bars": bars_of(log, sub), "month": month, "charts": charts})


@require_POST
@signed_in(MANAGE)
def cancel(request: HttpRequest) -> HttpResponse:
    """It ends with the period."""
    command = SUBSCRIPTION.ref(SK).ask(ends, at_period_end=True, reason=request.POST.get("reason", ""))
    return sent(request, command, said="It ends with the period", onward="billing")


@require_POST
@signed_in(MANAGE)
def resume(request: HttpRequest) -> HttpResponse:
    """It goes on."""
    return sent(request, SUBSCRIPTION.ref(SK).ask(goes_on), said="It goes on", onward="billing")


def _may_manage(request: HttpRequest) -> bool:
    principal, tenant = request.principal, request.tenant  # type: ignore[attr-defined]  # set by the middlewares
    return bool(principal.may(MANAGE) and tenant.state == "active")
