"""The plan: what it is, how much of it is used, and changing it."""

import hashlib
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import domain
from billing.changing import agreed, quoted
from billing.clerk import SK, real_time
from billing.domain import PERIODIC, SUBSCRIPTION, Cycle, Metric
from billing.domain.metrics import month_of
from billing.domain.starting import PeriodOver, QuoteExpired
from billing.domain.turning import next_bill
from billing.metering import METER
from billing.plans.catalogue import published, terms
from billing.queries import invoices
from billing.shown import line_shown, money
from billing.usage import told
from billing.web.days import days_of
from cqrs.answers import Once
from cqrs.domain import Command, Conflict, NotFound, Refused
from cqrs.log import Log
from face.web import caught_up, log_of, signed_in, writer, wrote

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
        "bars": _bars(log, sub),
        "next": bill and money(bill.total, sub.plan.currency),
        "next_lines": [line_shown(line, sub.plan.currency) for line in bill.lines] if bill else [],
        "invoices": invoices().order_by("-issued_at", "-code")[:SHOWN],
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
    return render(request, "billing/usage.html", {"bars": _bars(log, sub), "month": month, "charts": charts})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(MANAGE)
def change(request: HttpRequest) -> HttpResponse:
    """The catalogue; a plan chosen, what it costs now; agreed to, it is changed."""
    if request.method == "POST":
        return _agree(request)
    log = log_of(request)
    sub = log.get(SUBSCRIPTION, SK).state
    context: dict[str, Any] = {"sub": sub, "plans": [_offer(row) for row in published()], "once": uuid4().hex}
    if plan := request.GET.get("plan"):
        context |= _asked(request, log, plan)
    return render(request, "billing/change.html", context, status=422 if "problem" in context else 200)


@require_POST
@signed_in(MANAGE)
def cancel(request: HttpRequest) -> HttpResponse:
    """It ends with the period."""
    args = {"at_period_end": True, "reason": request.POST.get("reason", "")}
    return _sent(request, "cancel", args, said="It ends with the period")


@require_POST
@signed_in(MANAGE)
def resume(request: HttpRequest) -> HttpResponse:
    """It goes on."""
    return _sent(request, "resume", {}, said="It goes on")


def _sent(request: HttpRequest, rule: str, args: dict[str, Any], *, said: str) -> HttpResponse:
    command: Command[Any] = Command(SUBSCRIPTION, SUBSCRIPTION.rule(rule), args, SK)
    try:
        answer = writer(request).send(command)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("billing")
    messages.success(request, said)
    return wrote(request, redirect("billing"), answer.version)


def _agree(request: HttpRequest) -> HttpResponse:
    """Once for each form that was shown; a quote that is not good any more leads to the new one."""
    id, key = request.POST.get("quote", ""), request.POST.get("once", "")
    once = Once(f"page {key[:64]}", hashlib.sha256(id.encode()).hexdigest())
    try:
        found = agreed(id, tenant=request.principal.tenant)  # type: ignore[attr-defined]  # set by bind_session
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("billing-change")
    try:
        if not found.is_offered:
            raise QuoteExpired
        answer = writer(request).send(found.command, once=once)
    except (Conflict, QuoteExpired, PeriodOver):
        messages.error(request, "That was quoted for something that is not so any more. Here is what it costs now.")
        wanted = found.quoted
        later = "&at_period_end=on" if wanted.at_period_end else ""
        return redirect(f"/billing/change/?plan={wanted.plan}&billing_cycle={wanted.billing_cycle}{later}")
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("billing-change")
    messages.success(request, "The plan is changed")
    return wrote(request, redirect("billing"), answer.version)


def _asked(request: HttpRequest, log: Log, plan: str) -> dict[str, Any]:
    """The quote that the form asks for, or why there is none."""
    cycle, later = request.GET.get("billing_cycle", ""), bool(request.GET.get("at_period_end"))
    chosen = {"chosen": plan, "cycle": cycle, "later": later}
    try:
        wanted = Cycle(cycle) if cycle in set(Cycle) else Cycle.MONTHLY
        return chosen | {"quote": quoted(log, plan, wanted, at_period_end=later)}
    except Refused as refused:
        return chosen | {"problem": refused.detail}


def _bars(log: Log, sub: domain.Subscription) -> list[dict[str, Any]]:
    """What is used of each metric, as a bar: green, from 80 % on amber, at 100 % red."""
    METER.flush(log.tenant)
    found = told(log, sub, month_of(real_time()), now=real_time())
    return [_bar(Metric(name), each) for name, each in found.items()]


def _bar(metric: Metric, each: dict[str, Any]) -> dict[str, Any]:
    percent, limit = each["percent"], each["limit"]
    kind = "" if percent is None else "bad" if percent >= 100 else "warn" if percent >= 80 else "good"
    of = "without limit" if limit is None else f"of {limit:,}"
    name = NAMES[metric]
    label = f"{name}: {each['used']:,} {of}"
    return (
        each
        | {"name": name, "kind": kind, "width": min(percent or 0, 100), "told": label, "of": of}
        | {"is_periodic": metric in PERIODIC}
    )


def _offer(row: Any) -> dict[str, Any]:
    plan = terms(row)
    limits = [(NAMES[metric], plan.limit(metric).most) for metric in Metric]
    prices = [(cycle, money(plan.price(cycle), plan.currency)) for cycle in Cycle]
    return {"row": row, "plan": plan, "limits": limits, "prices": prices}


def _may_manage(request: HttpRequest) -> bool:
    principal, tenant = request.principal, request.tenant  # type: ignore[attr-defined]  # set by the middlewares
    return bool(principal.may(MANAGE) and tenant.state == "active")


NAMES = {
    Metric.USERS: "Members",
    Metric.API_CALLS: "API calls",
    Metric.STORAGE_GB: "Storage, GB",
    Metric.PROJECTS: "Products for sale",
    Metric.ORDERS: "Orders",
    Metric.SURVEYS: "Surveys",
    Metric.RESPONSES: "Responses",
}
"""What people call them."""
