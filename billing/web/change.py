"""Changing the plan: the catalogue, what a plan would cost from this moment on, and agreeing to it."""

import hashlib
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from billing.changing import agreed, quoted
from billing.clerk import SK
from billing.domain import SUBSCRIPTION, Cycle, Metric
from billing.domain.replanning import PeriodOver, QuoteExpired
from billing.plans.catalogue import offered, published, terms
from billing.shown import money
from billing.web.bars import NAMES
from cqrs.answers import Once
from cqrs.domain import Conflict, Refused
from cqrs.log import Log
from face.forms import status_of
from face.web import log_of, signed_in, writer, wrote


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("subscription:manage")
def change(request: HttpRequest) -> HttpResponse:
    """The catalogue; a plan chosen, what it costs now; agreed to, it is changed."""
    if request.method == "POST":
        return _agree(request)
    log = log_of(request)
    context: dict[str, Any] = {"plans": [_offer(row) for row in published()], "once": uuid4().hex}
    if plan := request.GET.get("plan"):
        context |= _asked(request, log, plan)
    context["sub"] = log.get(SUBSCRIPTION, SK).state  # asking for a quote does what was due: a trial may be over
    return render(request, "billing/change.html", context, status=context.get("status", 200))


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
        quote, offer = quoted(log, plan, wanted, at_period_end=later), terms(offered(plan))
        return chosen | {"quote": quote, "price": money(offer.price(wanted), offer.currency)}
    except Refused as refused:
        return chosen | {"problem": refused.detail, "status": status_of(refused)}


def _offer(row: Any) -> dict[str, Any]:
    plan = terms(row)
    limits = [(NAMES[metric], plan.limit(metric).most) for metric in Metric]
    prices = [(cycle, money(plan.price(cycle), plan.currency)) for cycle in Cycle]
    return {"row": row, "plan": plan, "limits": limits, "prices": prices}
