"""The page of a product's stock: its numbers, what moved them, what it was over time, and the form that adjusts it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format

from cqrs.domain import NotFound, Reads, Refused, Version
from cqrs.ledgers import balances, ledger_of
from cqrs.models import Row
from face.charts import Chart, chart
from face.forms import number, refused_at, status_of
from face.screens import Screens
from face.web import caught_up, log_of, signed_in
from orders.domain import AVAILABLE, ON_HAND, PRODUCT, STOCK, UNITS, Product, Stock
from orders.domain.stock import StockMoved
from orders.movements import movements, numbers_at
from orders.queries import INVENTORY, NUMBERS, holds_of

LINES = 25
"""Movements a page shows."""

SLOTS = 60
"""Spans of time that a chart shows."""

LONGEST, SHORTEST = timedelta(days=90), timedelta(hours=1)
"""How far back a chart goes at most, and at least."""

REASONS = ("Received", "Counted", "Damaged", "Returned", "Lost", "Given away")
"""Reasons that are proposed for an adjustment."""


class Shelf(Screens[Any]):
    """One product's stock. What is refused is shown in the dialog that asked it."""

    def urls(self) -> list[URLPattern]:
        reads, writes = signed_in(f"{self.many}:read"), signed_in(f"{self.many}:write")
        return [
            path("<str:code>/", reads(self.detail), name=self.one),
            path("<str:code>/<str:rule>/", writes(self.ask), name=f"{self.one}-rule"),
        ]

    def about(self, request: HttpRequest, version: Version[Stock]) -> dict[str, Any]:
        log = log_of(request)
        is_past = "version" in request.GET and log.get(STOCK, version.sk).version != version.version
        tally = numbers_at(version) if is_past else log.counter(UNITS, version.code)
        behind, below = not caught_up(request), request.GET.get("below", "")
        lines, last = movements(version.code, below=number(below) if below else None, limit=LINES)
        return {
            "behind": behind,
            "product": _product(log, version.code),
            "numbers": [(name, tally.get(name, 0)) for name in NUMBERS],
            "on_hand": tally.get(ON_HAND, 0),
            "lines": lines,
            "last": last,
            "chart": _chart(version.state),
            "holds": _holds(version.state.sku),
            "may_release": request.principal.may("holds:write"),  # type: ignore[attr-defined]  # set by bind_session
            "once": uuid4().hex,
            "reasons": REASONS,
            "opened": request.GET.get("ask", ""),
        }

    def declined(self, request: HttpRequest, code: str, rule: str, refused: Refused) -> HttpResponse | None:
        if isinstance(refused, NotFound):
            raise refused
        moved = refused.fields["on_hand"] if isinstance(refused, StockMoved) else None
        shown = {"typed": request.POST, "errors": refused_at(refused), "opened": rule, "moved": moved}
        shown["once"] = request.POST.get("once", "")
        return self.detail(request, code, status=status_of(refused), **shown)


def _holds(sku: str) -> list[tuple[Row, int]]:
    """The holds of a product, each with how many units of it."""
    found = holds_of(sku)[:LINES]
    return [(hold, sum(item["quantity"] for item in hold.items if item["sku"] == sku)) for hold in found]


def _product(reads: Reads, sku: str) -> Product | None:
    try:
        return reads.get(PRODUCT, PRODUCT.sk_of(sku)).state
    except NotFound:
        return None


def _chart(stock: Stock) -> Chart | None:
    """What was on hand and available since the first movement, or as far back as a chart goes. None before it."""
    first = ledger_of(UNITS, stock.sku).order_by("position").values_list("at", flat=True).first()
    if first is None:
        return None
    now = timezone.now()
    step = min(max(now - first, SHORTEST), LONGEST) / (SLOTS - 1)
    since = now - step * SLOTS
    series = {
        name: balances(UNITS, stock.sku, number=number, since=since, step=step, slots=SLOTS)
        for name, number in (("On hand", ON_HAND), ("Available", AVAILABLE))
    }
    level = None if stock.low_stock_at is None else ("Low at", stock.low_stock_at)
    labels = [_label(since + step * (slot + 1), step) for slot in range(SLOTS)]
    return chart("Stock over time", labels, series, level=level)


def _label(at: datetime, step: timedelta) -> str:
    return date_format(timezone.localtime(at), "j M" if step >= timedelta(days=1) else "j M, H:i")


PAGE = Shelf(INVENTORY, one="stock", but=("run_low", "recover"))
