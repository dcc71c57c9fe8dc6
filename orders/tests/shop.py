"""A shop, in memory unless another store is given: a writer of its own, products with stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cqrs.decide import Origin
from cqrs.domain import Actor, Version
from cqrs.domain.money import Money
from cqrs.log import Log
from cqrs.store import MemoryStore, Store
from cqrs.writer import Writer
from orders.domain import HOLD, ORDER, PRODUCT, STOCK, UNITS, Hold, Item, Order
from orders.domain import stock as stocks
from orders.domain.address import Address

BERLIN = Address(street="Unter den Linden 1", city="Berlin", postal_code="10117", country="DE")


@dataclass
class Shop:
    """What a test asks of the shop of one tenant."""

    store: Store = field(default_factory=MemoryStore)
    tenant: str = "acme"
    ahead: timedelta = timedelta()
    """How much later it is in the shop than elsewhere."""

    def __post_init__(self) -> None:
        self.log = Log(self.store, self.tenant)
        self.writer = Writer(self.log, Origin(Actor("user:1")), clock=lambda: datetime.now(UTC) + self.ahead)

    def offer(self, sku: str, *, price: int = 1000, units: int = 0, category: str = "", currency: str = "EUR") -> None:
        """A new product, with so many on hand."""
        self.writer.send(PRODUCT.create(sku=sku, name=sku, price=Money(price, currency), category=category))
        self.adjust(sku, quantity=units)

    def adjust(self, sku: str, **args: Any) -> None:
        """Correct what is on hand."""
        self.writer.send(STOCK.ref(STOCK.sk_of(sku)).ask(stocks.adjust, **args))

    def place(
        self, *wanted: tuple[str, int], address: Address = BERLIN, customer: str = "c-1", hold: str = ""
    ) -> Version[Order]:
        """A new order."""
        items = tuple(Item(sku, quantity) for sku, quantity in wanted)
        order = ORDER.create(customer_id=customer, items=items, shipping_address=address, hold=hold)
        return self.writer.send(order).version

    def hold(self, *wanted: tuple[str, int], minutes: int = 15) -> Version[Hold]:
        """A new hold."""
        items = tuple(Item(sku, quantity) for sku, quantity in wanted)
        return self.writer.send(HOLD.create(items=items, minutes=minutes)).version

    def ask(self, sk: str, rule: Any, **args: Any) -> Version[Order]:
        """What becomes of an order."""
        return self.writer.send(ORDER.ref(sk).ask(rule, **args)).version

    def numbers(self, sku: str) -> tuple[int, int, int]:
        """On hand, reserved, available."""
        tally = self.log.counter(UNITS, sku)
        return tally.get("on_hand", 0), tally.get("reserved", 0), tally.get("available", 0)


def units_of(wanted: Sequence[tuple[str, int]]) -> Mapping[str, int]:
    """Units by SKU."""
    found: dict[str, int] = {}
    for sku, quantity in wanted:
        found[sku] = found.get(sku, 0) + quantity
    return found
