"""A shop's facts, made by the real rules in memory, and put into the stores as a restore puts them."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django_tenants.utils import schema_context

from benchmarks.stage import Stage
from cqrs.decide import Origin
from cqrs.domain import Actor, Command
from cqrs.domain.money import Money
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.portable import Notes, count_again, fill
from cqrs.store import Fact, MemoryStore
from cqrs.writer import Writer
from orders.domain import ORDER, PRODUCT, STOCK, Item
from orders.domain.address import Address
from orders.domain.order import cancel, confirm, deliver, process, ship
from orders.domain.stock import adjust

BEGUN, EVERY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=1)
"""When the first order was placed, and the time between two."""

UNITS = 10**6
EACH = 100
"""Orders of a customer, about, in a shop of any size: the pages that are compared are equally full."""

CATEGORIES = ("tea", "china", "books", "kitchen", "lab")
WAYS = ((), (confirm,), (confirm, process), (confirm, process, ship), (confirm, process, ship, deliver), (cancel,))
OFTEN = (2, 2, 2, 4, 85, 5)
"""What becomes of an order, and of how many in a hundred: most are over."""


def fill_shop(stage: Stage, *, products: int, orders: int) -> None:
    """Fill a tenant's shop; Postgres then knows what it holds."""
    notes, there = Notes(numbering_of(stage.tenant)), store()
    facts = _facts(stage.tenant, products=products, orders=orders, dice=Random(stage.tenant))
    done = fill(stage.tenant, facts, store=there, notes=notes, tell=_tell)
    count_again(stage.tenant, notes, fast={}, store=there)
    sys.stdout.write(f"\r{stage.tenant}: {done:,} facts\n")
    with schema_context(stage.schema), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _facts(tenant: str, *, products: int, orders: int, dice: Random) -> Iterator[Fact]:
    clock = [BEGUN]
    memory = MemoryStore()
    writer = Writer(Log(memory, tenant), Origin(Actor("user:1"), source="bench"), clock=lambda: clock[0])

    def sent(command: Command[Any]) -> Iterator[Fact]:
        answer = writer.send(command)
        for version in (answer.version, *answer.along):
            if fact := memory.read(version.id, version.version):
                yield fact

    for number in range(products):
        yield from sent(_product(number, dice))
        yield from sent(STOCK.ref(STOCK.sk_of(sku_of(number))).ask(adjust, quantity=UNITS))
    for _ in range(orders):
        clock[0] += EVERY
        placed = [*sent(_order(products, dice, customers=max(1, orders // EACH)))]
        yield from placed
        [way] = dice.choices(WAYS, OFTEN)
        for step in way:
            yield from sent(ORDER.ref(placed[0].sk).ask(step))


def sku_of(number: int) -> str:
    """The SKU of a product."""
    return f"SKU-{number:05}"


def _product(number: int, dice: Random) -> Command[Any]:
    name, price = f"Product {number:05} of {dice.choice(CATEGORIES)}", Money(dice.randint(100, 99_999), "EUR")
    return PRODUCT.create(sku=sku_of(number), name=name, price=price, category=dice.choice(CATEGORIES))


def _order(products: int, dice: Random, *, customers: int) -> Command[Any]:
    items = tuple(Item(sku_of(dice.randrange(products)), dice.randint(1, 5)) for _ in range(dice.randint(1, 3)))
    address = Address("Unter den Linden 1", "Berlin", "10117", "DE")
    return ORDER.create(customer_id=f"C-{dice.randrange(customers)}", items=items, shipping_address=address)


def _tell(what: str, done: int, total: int) -> None:
    sys.stdout.write(f"\r{done:,} facts")
    sys.stdout.flush()
