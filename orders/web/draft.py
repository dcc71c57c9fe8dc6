"""An order that is still being written: the fields of its form, and what they come to at this moment.

A little past the usual length: what a form holds and what it comes to are one thing while it is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from cqrs.domain import NotFound, Reads, Refused
from face.fields import numbers
from orders.domain import AVAILABLE, PRODUCT, UNITS, Item, Order, Product
from orders.domain.address import Address
from orders.domain.catalogue import catalogue
from orders.domain.lines import Line, priced
from orders.domain.product import is_sku

ADDRESS = ("street", "city", "state", "postal_code", "country")
LINE = ("sku", "quantity")
TEXTS = ("customer_id", "payment_method", "note")

DIGITS_MOST = 18


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form: what was typed, the product, how many of it are available, and what is wrong with it."""

    number: int
    sku: str
    quantity: str
    product: Product | None
    available: int
    line: Line | None
    error: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form shows: its lines, and their totals where they can be priced (`lines` of none where not)."""

    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    currency: str
    error: str

    @property
    def subtotal(self) -> dict[str, Any]:
        return self._sum([line.subtotal for line in self.lines])

    @property
    def tax(self) -> dict[str, Any]:
        return self._sum([line.tax for line in self.lines])

    @property
    def total(self) -> dict[str, Any]:
        return self._sum([line.total for line in self.lines])

    def _sum(self, amounts: list[int]) -> dict[str, Any]:
        return {"amount": sum(amounts), "currency": self.currency}


def tidied(form: QueryDict) -> QueryDict:
    """The form with its lines numbered from 0 on, each SKU once, after what its buttons `add` and `drop` say."""
    wanted: dict[str, str] = {}
    for number in numbers(form, "items"):
        sku, quantity = (form.get(f"items.{number}.{field}", "").strip() for field in LINE)
        if sku and str(number) != form.get("drop"):
            wanted[sku] = _added(wanted[sku], quantity) if sku in wanted else quantity
    if added := form.get("add", "").strip():
        wanted[added] = _added(wanted.get(added, "0"), "1")
    return with_items(form, wanted)


def with_items(form: QueryDict, wanted: Mapping[str, str]) -> QueryDict:
    """The form with these quantities by SKU as its lines."""
    found = QueryDict(mutable=True)
    for name, values in form.lists():
        if not name.startswith("items."):
            found.setlist(name, values)
    for number, (sku, quantity) in enumerate(wanted.items()):
        found[f"items.{number}.sku"], found[f"items.{number}.quantity"] = sku, quantity
    return found


def items_of(form: Mapping[str, Any]) -> dict[str, str]:
    """What was typed as quantities, by SKU."""
    found, number = {}, 0
    while sku := str(form.get(f"items.{number}.sku", "")):
        found[sku] = str(form.get(f"items.{number}.quantity", ""))
        number += 1
    return found


def texts(order: Order) -> dict[str, str]:
    """An order in the fields of its form."""
    found = {name: getattr(order, name) for name in TEXTS}
    found |= {f"shipping_address.{name}": getattr(order.shipping_address, name) for name in ADDRESS}
    for number, line in enumerate(order.lines):
        found |= {f"items.{number}.sku": line.sku, f"items.{number}.quantity": str(line.quantity)}
    return found


def draft(reads: Reads, form: Mapping[str, Any], refused: Refused | None, *, kept: Order | None = None) -> Draft:
    """What the form comes to: at the catalogue's prices, or those of the order `kept` where its lines are the same.
    What a rule refused stands at its line; and what cannot be priced, at the line that is why."""
    errors, typed = lines_at_fault(refused) if refused else {}, items_of(form)
    lines: tuple[Line, ...] = ()
    currency = ""
    try:
        lines, currency = _priced(reads, form, kept)
    except Refused as fault:
        errors = lines_at_fault(fault) | errors
    by_sku = {line.sku: line for line in lines}
    rows = tuple(
        _row(reads, (number, sku, text), by_sku.get(sku), error=errors.get(number, ""), kept=kept)
        for number, (sku, text) in enumerate(typed.items())
    )
    return Draft(rows, lines, currency, errors.get(-1, ""))


def lines_at_fault(refused: Refused) -> dict[int, str]:
    """What is wrong by the number of the line; of all of them, under -1."""
    faults: Any = refused.fields.get("errors") or [{"pointer": refused.pointer, "detail": refused.detail}]
    found = {}
    for each in faults:
        parts = each["pointer"].strip("/").split("/")
        if parts[0] == "items":
            left: Any = refused.fields.get("available", each.get("available"))
            found[int(parts[1]) if len(parts) > 1 else -1] = each["detail"] if left is None else _left(left)
    return found


def _priced(reads: Reads, form: Mapping[str, Any], kept: Order | None) -> tuple[tuple[Line, ...], str]:
    """The lines that the form comes to, and their currency; none of none. What `priced` refuses."""
    items = [Item(sku, _units(text) or 0) for sku, text in items_of(form).items()]
    if kept and {item.sku: item.quantity for item in items} == {line.sku: line.quantity for line in kept.lines}:
        return kept.lines, kept.currency
    if not items:
        return (), ""
    address = Address(street="", city="", postal_code="", country=str(form.get("shipping_address.country", "")))
    return priced(items, catalogue(reads, None, {"items": items, "shipping_address": address}))


def _units(text: str) -> int | None:
    """A quantity as it was typed; None of what is none, or longer than any can be."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS_MOST else None


def _left(available: int) -> str:
    return f"Only {available:,} left" if available else "None left"


def _row(reads: Reads, place: tuple[int, str, str], line: Line | None, *, error: str, kept: Order | None) -> Row:
    number, sku, quantity = place
    product = _product(reads, sku)
    own = sum(each.waiting for each in kept.lines if each.sku == sku) if kept else 0
    available = reads.counter(UNITS, sku).get(AVAILABLE, 0) + own if product else 0
    is_short = product is not None and (_units(quantity) or 0) > available
    return Row(number, sku, quantity, product, available, line, error or (_left(available) if is_short else ""))


def _product(reads: Reads, sku: str) -> Product | None:
    try:
        return reads.get(PRODUCT, PRODUCT.sk_of(sku)).state if is_sku(sku) else None
    except NotFound:
        return None


def _added(text: str, more: str) -> str:
    units, others = _units(text), _units(more)
    return text if units is None or others is None else str(units + others)
