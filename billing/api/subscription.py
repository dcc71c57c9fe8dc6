"""The subscription: one per tenant, so it is at a path without an id."""

from pydantic import BaseModel, ConfigDict
from rest_framework.request import Request
from rest_framework.response import Response

from billing.changing import agreed, quoted, stale
from billing.domain import CODE, Cycle
from billing.domain.replanning import PeriodOver, QuoteExpired
from cqrs.domain import Conflict
from face.commands import log_of, principal_of
from face.kept import sent
from face.permissions import MayManage
from face.resource import Resource


class Wanted(BaseModel):
    """What a quote is asked for."""

    model_config = ConfigDict(extra="forbid")

    plan: str
    billing_cycle: Cycle = Cycle.MONTHLY
    at_period_end: bool = False


class Confirmed(BaseModel):
    """The quote that is agreed to."""

    model_config = ConfigDict(extra="forbid")

    quote: str


class Singleton(Resource):
    """Read by whoever may, changed by who manages the tenant."""

    permission_classes = (MayManage,)

    def retrieve(self, request: Request, name: str = CODE) -> Response:
        """It, as it is or was."""
        return super().retrieve(request, name)

    def history(self, request: Request, name: str = CODE) -> Response:
        """Every version."""
        return super().history(request, name)

    def ask(self, request: Request, name: str = CODE) -> Response:
        """Cancel or resume."""
        return super().ask(request, name)

    def quote(self, request: Request) -> Response:
        """What a change would cost now. UnknownPlan, NotRunning, OtherCurrency."""
        wanted, log = sent(request, Wanted), log_of(principal_of(request))
        return Response(quoted(log, wanted.plan, wanted.billing_cycle, at_period_end=wanted.at_period_end))

    def change_plan(self, request: Request) -> Response:
        """Agree to a quote. UnknownQuote; StaleQuote with the new one; BelowUse."""
        found = agreed(sent(request, Confirmed).quote, tenant=principal_of(request).tenant)
        log = log_of(principal_of(request))
        key = request.headers.get("Idempotency-Key")
        if not found.is_offered and not (key and log.receipt(key)):  # what was answered before is answered again
            raise stale(log, found.quoted)
        try:
            return self._send(request, found.command, status=200)
        except (Conflict, QuoteExpired, PeriodOver):
            raise stale(log, found.quoted) from None
