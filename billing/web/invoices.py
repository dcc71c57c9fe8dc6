"""Invoices: a list, one to read, print and pay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from billing.domain import INVOICE
from billing.domain.invoice import pay as paid
from billing.queries import INVOICES
from billing.web.sending import sent
from cqrs.projections import projection_of
from face.histories import moments
from face.lists import listed
from face.refusals import InvalidParameter
from face.web import caught_up, log_of, signed_in

READ, MANAGE = "invoices:read", "invoices:manage"


@require_safe
@signed_in(READ)
def many(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first, a page at a time."""
    behind = not caught_up(request)
    try:
        page = listed(request, INVOICES)
    except InvalidParameter:
        return redirect("billing-invoices")
    return render(request, "billing/invoices.html", {"page": page, "behind": behind})


@require_safe
@signed_in(READ)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A document, from the log, with what became of it."""
    log, sk = log_of(request), INVOICE.sk_of(code)
    head = log.get(INVOICE, sk)
    principal, tenant = request.principal, request.tenant  # type: ignore[attr-defined]  # set by the middlewares
    context = {
        "invoice": projection_of(INVOICE.type).shown(head),
        "tenant": tenant,
        "moments": moments(log, INVOICE, sk, until=head.version),
        "may_pay": principal.may(MANAGE) and tenant.state == "active" and head.state.status == "open",
    }
    return render(request, "billing/invoice.html", context)


@require_POST
@signed_in(MANAGE)
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """It has been paid; said twice, it is paid once."""
    command = INVOICE.ref(INVOICE.sk_of(code)).ask(paid, reference=request.POST.get("reference", ""))
    return sent(request, command, said=f"{code} is paid", onward="billing-invoice", code=code)
