"""Orders: placed, confirmed, processed, shipped, delivered; cancelled before they are on their way.

A little past the usual length: an order's whole life is read on one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cqrs.domain import KEEP, SUPPLIED, Now, Refused, revise
from orders.domain.address import Address
from orders.domain.hold import Held, HoldOver
from orders.domain.lines import Catalogue, Item, Line, pointer_to, priced, summed
from orders.domain.product import check_length
from orders.domain.status import Status, check_next
from orders.domain.stock import InvalidQuantity

MOST = {"customer_id": 200, "payment_method": 50, "note": 2000, "cancel_reason": 500}
"""Characters that fit into each text."""


class ItemsFixed(Refused):
    """What is ordered changes only while the order is pending."""


class NoCustomer(Refused):
    """An order is somebody's: it needs a customer_id."""


class UnknownHold(Refused):
    """There is no hold of this name."""


class NotShipped(Refused):
    """No more can be returned than was shipped."""


@dataclass(frozen=True)
class Order:
    """What a customer ordered. Amounts are sums of the lines, in minor units of `currency`. `hold` is the code of the
    hold whose units it took over."""

    customer_id: str
    lines: tuple[Line, ...]
    currency: str
    shipping_address: Address
    placed_at: datetime
    payment_method: str = ""
    note: str = ""
    hold: str = ""
    status: Status = Status.PENDING
    cancel_reason: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def subtotal(self) -> int:
        return sum(line.subtotal for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def place(
    *,
    customer_id: str,
    items: tuple[Item, ...],
    shipping_address: Address,
    payment_method: str = "",
    note: str = "",
    hold: str = "",
    catalogue: Catalogue = SUPPLIED,
    held: Held = SUPPLIED,
    at: Now = SUPPLIED,
) -> Order:
    """A new order, pending, at the catalogue's prices of this moment; its units are reserved, those of a hold first."""
    if not customer_id.strip():
        raise NoCustomer(pointer="/customer_id")
    lines, currency = priced(items, catalogue)
    shipping_address.check(pointer="/shipping_address")
    if hold:
        _check_hold(held, at)
    return _fitting(Order(customer_id, lines, currency, shipping_address, at, payment_method, note, hold))


def edit(
    order: Order,
    *,
    items: tuple[Item, ...] = KEEP,
    shipping_address: Address = KEEP,
    payment_method: str = KEEP,
    note: str = KEEP,
    catalogue: Catalogue = SUPPLIED,
) -> Order:
    """Change what is given. Items only of a pending order, and then at today's prices."""
    if items is not KEEP:
        if order.status != Status.PENDING:
            raise ItemsFixed(pointer="/items", status=order.status)
        lines, currency = priced(items, catalogue)
        order = replace(order, lines=lines, currency=currency)
    if shipping_address is not KEEP:
        shipping_address.check(pointer="/shipping_address")
    return _fitting(revise(order, shipping_address=shipping_address, payment_method=payment_method, note=note))


def confirm(order: Order) -> Order:
    """It will be done."""
    return _becomes(order, Status.CONFIRMED)


def process(order: Order) -> Order:
    """It is being packed."""
    return _becomes(order, Status.PROCESSING)


def ship(order: Order, *, items: tuple[Item, ...] | None = None, at: Now = SUPPLIED) -> Order:
    """All that waits is on its way; or only these items, and the rest stays in processing."""
    if items is None and order.status == Status.SHIPPED:
        return order
    check_next(order.status, Status.SHIPPED)
    leaves = summed(items) if items is not None else {line.sku: line.waiting for line in order.lines}
    _check_units(leaves, {line.sku: line.waiting for line in order.lines}, items or (), InvalidQuantity)
    lines = tuple(replace(line, shipped=line.shipped + leaves.get(line.sku, 0)) for line in order.lines)
    if any(line.waiting for line in lines):
        return replace(order, lines=lines)
    return replace(order, lines=lines, status=Status.SHIPPED, shipped_at=at)


def deliver(order: Order, *, at: Now = SUPPLIED) -> Order:
    """It has arrived."""
    if order.status == Status.DELIVERED:
        return order
    return replace(_becomes(order, Status.DELIVERED), delivered_at=at)


def cancel(order: Order, *, reason: str = "") -> Order:
    """It will not be done; what is still reserved for it is available again."""
    if order.status == Status.CANCELLED:
        return order
    return _fitting(replace(_becomes(order, Status.CANCELLED), cancel_reason=reason))


def return_items(order: Order, *, items: tuple[Item, ...]) -> Order:
    """Some of what was shipped has come back and is on hand again."""
    back = summed(items)
    _check_units(back, {line.sku: line.shipped - line.returned for line in order.lines}, items, NotShipped)
    lines = tuple(replace(line, returned=line.returned + back.get(line.sku, 0)) for line in order.lines)
    return replace(order, lines=lines)


def _check_hold(held: Held, at: datetime) -> None:
    if held.hold is None:
        raise UnknownHold(pointer="/hold")
    if not held.hold.is_good(at):
        raise HoldOver(pointer="/hold", status=held.hold.status)


def _becomes(order: Order, status: Status) -> Order:
    if order.status == status:
        return order
    check_next(order.status, status)
    return replace(order, status=status)


def _check_units(
    wanted: Mapping[str, int], there: Mapping[str, int], items: Sequence[Item], refused: type[Refused]
) -> None:
    for sku, units in wanted.items():
        if not 0 < units <= there.get(sku, 0) and (items or units):
            pointer = pointer_to(sku, items) if items else "/items"
            raise refused(pointer=pointer, sku=sku, requested=units, available=there.get(sku, 0))


def _fitting(order: Order) -> Order:
    for field, most in MOST.items():
        pointer = "/reason" if field == "cancel_reason" else f"/{field}"
        check_length(getattr(order, field), most=most, pointer=pointer)
    return order
