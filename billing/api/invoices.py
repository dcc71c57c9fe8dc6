"""Invoices and credit notes; what the next one will be."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from billing.clerk import SK
from billing.domain import SUBSCRIPTION
from billing.domain.turning import next_bill
from billing.shown import line_shown, money, period_shown
from face.commands import log_of, principal_of
from face.permissions import MayUse, OfTenant
from face.refusals import StaffOnly
from face.resource import Resource
from face.standing import check_standing

STAFFS = ("pay", "void", "credit")
"""Rules of an invoice that staff ask in their admin: what a customer owes is not the customer's to decide."""


class Invoices(Resource):
    """Read by whoever may."""

    permission_classes = (MayUse,)

    def preview(self, request: Request) -> Response:
        """What the end of the running period will bill, as things stand; the very function that makes the invoice."""
        sub = log_of(principal_of(request)).get(SUBSCRIPTION, SK).state
        bill, currency = next_bill(sub), sub.plan.currency
        return Response(
            {
                "plan": bill.plan if bill else sub.plan.code,
                "current_period": period_shown(sub.current_period),
                "lines": [line_shown(line, currency) for line in bill.lines] if bill else [],
                "tax": money(bill.tax if bill else 0, currency),
                "total": money(bill.total if bill else 0, currency),
                "issued_at": period_shown(sub.current_period)["end"] if bill else None,
            }
        )


class StaffRule(ViewSet):
    """A rule that staff ask: refused to every key and session of a tenant, and of no description."""

    permission_classes = (OfTenant,)
    schema = None

    def ask(self, request: Request, name: str) -> Response:
        """StaffOnly, before anything is looked up. TenantSuspended, TenantHeld."""
        check_standing(principal_of(request).tenant)
        raise StaffOnly
