"""The facts behind a line of an invoice: what was done, when, by whom, and by which command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.clerk import SK
from billing.domain import INVOICE, QUOTA, SUBSCRIPTION, Invoice, Metric
from billing.domain.bill import Line
from billing.domain.metrics import key_of
from billing.web.bars import NAMES
from cqrs.ledgers import ledger_of
from cqrs.log import Log
from cqrs.models import JournalLine
from face.web import log_of, signed_in

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class Behind:
    """One fact; `delta` is by how much it moved what the line is about."""

    at: datetime
    by: str
    fact: str
    of: str
    command_id: str
    delta: int | None = None


@require_safe
@signed_in("invoices:read")
def explain(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The facts behind line `number` of an invoice, the first being 1; the newest facts first."""
    log = log_of(request)
    invoice = log.get(INVOICE, INVOICE.sk_of(code)).state
    if not 1 <= number <= len(invoice.lines):
        raise Http404
    line = invoice.lines[number - 1]
    facts = list(_moved(line) if line.metric else _billed(log, invoice))
    named = NAMES[Metric(line.metric)] if line.metric else ""
    context = {"code": code, "line": line, "currency": invoice.currency, "facts": facts, "metric": named}
    return render(request, "billing/behind.html", context)


def _billed(log: Log, invoice: Invoice) -> Iterator[Behind]:
    """The subscription's fact that the bill was made of."""
    if not invoice.cause:
        return
    made = log.get(SUBSCRIPTION, SK, version=invoice.cause)
    yield Behind(made.at, made.by, made.fact, f"{made.state.plan.name}, {made.state.billing_cycle}", made.command_id)


def _moved(line: Line) -> Iterator[Behind]:
    """What moved the line's metric in its month."""
    lines = list(ledger_of(QUOTA, key_of(Metric(line.metric), line.month))[:SHOWN_MOST])
    facts = JournalLine.objects.in_bulk([each.position for each in lines])
    for each in lines:
        fact = facts[each.position]
        yield Behind(fact.at, fact.by, fact.fact, fact.code, fact.command_id, each.delta)
