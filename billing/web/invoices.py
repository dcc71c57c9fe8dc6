"""Invoices: a list, one to read and print, and how to pay it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from billing.domain import INVOICE
from billing.queries import INVOICES
from cqrs.projections import projection_of
from face.histories import moments
from face.lists import listed
from face.refusals import InvalidParameter
from face.standing import check_standing
from face.web import caught_up, log_of, signed_in

READ = "invoices:read"


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
    context = {
        "invoice": projection_of(INVOICE.type).shown(head),
        "tenant": request.tenant,  # type: ignore[attr-defined]  # set by the middlewares
        "moments": moments(log, INVOICE, sk, until=head.version),
    }
    return render(request, "billing/invoice.html", context)


@require_POST
@signed_in(READ)
def staff_only(request: HttpRequest, code: str) -> HttpResponse:
    """That an invoice is paid, void or credited is for staff to say, in their admin: a 403 for whoever is signed in."""
    check_standing(request.tenant.code)  # type: ignore[attr-defined]  # set by the middlewares
    return render(request, "billing/staff_only.html", status=403)
