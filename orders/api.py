"""The shop's REST resources."""

from collections.abc import Mapping
from typing import Any

from django.urls import path
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import Command, Version
from cqrs.models import Row
from cqrs.writer import Answer
from face.answering import behind
from face.commands import decided_on, log_of, principal_of
from face.consistency import wait_for
from face.ids import sk_of
from face.kept import sent
from face.pages import limit_of
from face.past import asked, instant, number
from face.refusals import KeyRequired
from face.resource import Resource, urls
from orders.domain import STOCK, UNITS, Status
from orders.domain.status import check_next
from orders.movements import movements, numbers_as_of, numbers_at
from orders.queries import HOLDS, INVENTORY, NUMBERS, ORDERS, PRODUCTS, TAX_RATES

RULES = {
    Status.CONFIRMED: "confirm",
    Status.PROCESSING: "process",
    Status.SHIPPED: "ship",
    Status.DELIVERED: "deliver",
    Status.CANCELLED: "cancel",
}
"""The rule by which an order comes to a status."""


class NewStatus(BaseModel):
    """What `PATCH orders/{code}/status/` takes."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    version: int | None = Field(None, ge=0, strict=True)


class Orders(Resource):
    """Orders, with their status as something that can be set. To ship some of the items adds up, to ship all does not:
    only then a key is asked for."""

    def set_status(self, request: Request, name: str) -> Response:
        """Ask the rule that leads to a status."""
        wanted = sent(request, NewStatus)
        log = log_of(principal_of(request))
        sk, version = sk_of(log, self.entity, name), decided_on(request, wanted.version)
        if wanted.status not in RULES:
            check_next(log.get(self.entity, sk).state.status, wanted.status)
        rule = self.entity.rule(RULES[wanted.status])
        return self._send(request, Command(self.entity, rule, {}, sk, version), status=200)

    def _send(self, request: Request, command: Command[Any], *, status: int) -> Response:
        if command.rule.name == "ship" and command.args.get("items") and "Idempotency-Key" not in request.headers:
            raise KeyRequired
        return super()._send(request, command, status=status)


class Inventory(Resource):
    """A product's stock: what people decided, and the numbers; of the past, those of then."""

    def retrieve(self, request: Request, name: str) -> Response:
        """One; `?version=` and `?as_of=` with the numbers that the ledger tells of then."""
        given, log = request.query_params.dict(), log_of(principal_of(request))
        if not given.keys() & {"version", "as_of"}:
            return super().retrieve(request, name)
        headers, version = behind(request), asked(log, STOCK, sk_of(log, STOCK, name), given)
        if not wait_for({version.id: version.version}, tenant=version.tenant_code):
            headers["Read-Model-Behind"] = "true"
        as_of = given.get("as_of")
        then = numbers_as_of(version.code, instant(as_of)) if as_of else numbers_at(version)
        return self._answer(_with(super()._row(version), then), headers)

    def movements(self, request: Request, name: str) -> Response:
        """The ledger, the newest first; `?below=` goes on under a position."""
        log = log_of(principal_of(request))
        sku = log.get(STOCK, sk_of(log, STOCK, name)).code
        below = request.query_params.get("below")
        results, last = movements(
            sku,
            below=None if below is None else number(below, name="below"),
            limit=limit_of({name: str(value) for name, value in request.query_params.items()}),
        )
        next = last and request.build_absolute_uri(f"{request.path}?below={last}")
        return Response({"results": results, "next": next, "previous": None})

    def _row(self, version: Version[Any]) -> Row:
        """The numbers are the counter's: as strong as the state itself."""
        return _with(super()._row(version), log_of(principal_of(self.request)).counter(UNITS, version.code))

    def _told(self, answer: Answer[Any]) -> Row:
        """A repeated write is told what it came to the first time, once the ledger tells of it."""
        version = answer.version
        if answer.replayed and wait_for({version.id: version.version}, tenant=version.tenant_code):
            return _with(super()._row(version), numbers_at(version))
        return super()._told(answer)


def _with(row: Row, numbers: Mapping[str, int]) -> Row:
    """A stock's row with its numbers."""
    for name in NUMBERS:
        setattr(row, name, numbers.get(name, 0))
    return row


urlpatterns = [
    *urls(PRODUCTS),
    *urls(INVENTORY, view=Inventory, but=("create", "run_low", "recover")),
    path(
        "inventory/<str:name>/movements/",
        Inventory.as_view({"get": "movements"}, listing=INVENTORY),
        name="api-inventory-movements",
    ),
    *urls(ORDERS, view=Orders),
    path(
        "orders/<str:name>/status/",
        Orders.as_view({"patch": "set_status"}, listing=ORDERS),
        name="api-orders-status",
    ),
    *urls(HOLDS, but=("expire", "take")),
    *urls(TAX_RATES),
]
