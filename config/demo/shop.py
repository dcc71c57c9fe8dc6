"""The demo's shops: products on their shelves, and orders in every status.

A little past the usual length: half of it is what is on the shelves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from config.lag import catch_up
from cqrs.decide import Origin
from cqrs.domain import Actor, Command
from cqrs.domain.money import Money
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.tasks import ring
from cqrs.writer import Answer, Once, Writer
from orders.domain import ORDER, PRODUCT, STOCK, TAX_RATE, Item, Order
from orders.domain.address import Address
from orders.domain.order import cancel, confirm, deliver, process, return_items, ship
from orders.domain.product import retire
from orders.domain.stock import adjust, set_threshold

STEPS: Mapping[str, Callable[..., Order]] = {
    "confirm": confirm,
    "process": process,
    "ship": ship,
    "deliver": deliver,
    "cancel": cancel,
}
WAY = "confirm process ship deliver"


@dataclass(frozen=True, slots=True)
class Ware:
    """A product to be, with so many on hand; it is low from `low` on."""

    sku: str
    name: str
    price: int
    units: int
    low: int | None = None
    category: str = ""
    description: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Sale:
    """An order to be, the rules that it is asked then, and what comes back of it."""

    customer: str
    items: tuple[Item, ...]
    then: str = ""
    back: tuple[Item, ...] = ()
    note: str = ""
    payment: str = "invoice"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a tenant sells, for which tax, to whom."""

    currency: str
    rates: Mapping[str, Decimal]
    address: Address
    wares: Sequence[Ware]
    sales: Sequence[Sale]


SHOPS: Mapping[str, Shop] = {
    "acme": Shop(
        "EUR",
        {"": Decimal(19), "tea": Decimal(7), "books": Decimal(7)},
        Address("Hafenstrasse 12", "Hamburg", "20457", "DE"),
        (
            Ware("TEA-ASSAM-250", "Assam, second flush, 250 g", 1290, 180, 30, "tea", "Malty, from two gardens."),
            Ware("TEA-SENCHA-100", "Sencha, first harvest, 100 g", 1850, 42, 20, "tea"),
            Ware("TEA-ROOIBOS-500", "Rooibos, 500 g", 990, 26, 25, "tea", "Without caffeine."),
            Ware("POT-CAST-08", "Cast iron pot, 0.8 l", 6400, 14, 5, "china"),
            Ware("POT-GLASS-12", "Glass pot, 1.2 l", 3450, 3, 5, "china", "With a sieve of steel."),
            Ware("CUP-SET-4", "Set of four cups", 2980, 60, 10, "china"),
            Ware("FILTER-100", "Paper filters, 100", 450, 400, 50),
            Ware("BOOK-OF-TEA", "The Book of Tea", 1500, 25, None, "books", "Okakura, in a new translation."),
            Ware("KETTLE-TEMP", "Kettle with thermometer", 7900, 0, 4, "kitchen"),
            Ware("TIN-1KG", "Tin, 1 kg", 780, 90, 10, "kitchen", is_active=False),
        ),
        (
            Sale("ines@northwind.example", (Item("TEA-ASSAM-250", 4), Item("FILTER-100", 2)), WAY),
            Sale("ines@northwind.example", (Item("CUP-SET-4", 2),), WAY, (Item("CUP-SET-4", 1),)),
            Sale("jon@fabrikam.example", (Item("POT-CAST-08", 1), Item("TEA-SENCHA-100", 3)), "confirm process ship"),
            Sale("C-1042", (Item("BOOK-OF-TEA", 5),), "confirm process", note="One parcel, please."),
            Sale("C-1043", (Item("TEA-ROOIBOS-500", 2), Item("CUP-SET-4", 1)), "confirm", payment="card"),
            Sale("maya@contoso.example", (Item("POT-GLASS-12", 1),), "confirm cancel", payment="card"),
            Sale("C-1044", (Item("TEA-ASSAM-250", 12), Item("TEA-SENCHA-100", 6), Item("FILTER-100", 10))),
            Sale("maya@contoso.example", (Item("FILTER-100", 1),), note="Ring at the back door."),
        ),
    ),
    "globex": Shop(
        "USD",
        {},
        Address("1 Innovation Way", "Cypress Creek", "97201", "US", "OR"),
        (
            Ware("KIT-SPECTRO", "Calibration kit for spectrometers", 24900, 8, 3, "lab"),
            Ware("GLOVES-M-100", "Gloves, nitrile, M, 100", 1499, 320, 60, "lab"),
            Ware("FLASK-500", "Flask, 500 ml", 1150, 48, 12, "glass"),
            Ware("REPORT-2026", "Measurement series 2026, printed", 4900, 15, None, "books"),
        ),
        (
            Sale("lab@initech.example", (Item("KIT-SPECTRO", 1),), WAY),
            Sale("D-77", (Item("GLOVES-M-100", 20), Item("FLASK-500", 6)), "confirm process ship"),
            Sale("D-78", (Item("FLASK-500", 4),), "confirm process"),
            Sale("lab@initech.example", (Item("REPORT-2026", 2),), "confirm"),
            Sale("D-79", (Item("GLOVES-M-100", 5),), "cancel"),
            Sale("D-80", (Item("KIT-SPECTRO", 2), Item("FLASK-500", 2))),
        ),
    ),
}
"""By tenant."""


def seed(tenant: str, *, by: Actor) -> tuple[int, int]:
    """Make what was never made of a tenant's demo shop; answers how many products and orders. Each command has a key
    of its own that never expires: sent again, it does nothing, whatever became of its order or product since."""
    shop, numbering = SHOPS[tenant], partial(numbering_of, tenant)
    writer = Writer(Log(store(), tenant), Origin(by, source="seed_demo"), ring=ring, numbering=numbering)
    for category, percent in shop.rates.items():
        rate = TAX_RATE.create(country=shop.address.country, percent=percent, category=category)
        _send(writer, rate, f"rate:{category}")
    products = [_offer(writer, ware, currency=shop.currency) for ware in shop.wares]
    if any(products):
        catch_up()  # a ledger reads better where the units come before the orders that take them
    orders = [_sell(writer, sale, number, address=shop.address) for number, sale in enumerate(shop.sales, 1)]
    return sum(products), sum(orders)


def _offer(writer: Writer, ware: Ware, *, currency: str) -> bool:
    product = PRODUCT.create(
        sku=ware.sku,
        name=ware.name,
        price=Money(ware.price, currency),
        description=ware.description,
        category=ware.category,
    )
    made = _send(writer, product, f"product:{ware.sku}").replayed is None
    stock, name = STOCK.ref(STOCK.sk_of(ware.sku)), f"stock:{ware.sku}"
    counted = stock.ask(adjust, quantity=ware.units, reason="First delivery", reference="D-2026-01")
    _send(writer, counted, f"{name}:adjust")
    _send(writer, stock.ask(set_threshold, low_stock_at=ware.low), f"{name}:set_threshold")
    if not ware.is_active:
        _send(writer, PRODUCT.ref(PRODUCT.sk_of(ware.sku)).ask(retire), f"product:{ware.sku}:retire")
    return made


def _sell(writer: Writer, sale: Sale, number: int, *, address: Address) -> bool:
    order = ORDER.create(
        customer_id=sale.customer,
        items=sale.items,
        shipping_address=address,
        payment_method=sale.payment,
        note=sale.note,
    )
    placed, name = _send(writer, order, f"order:{number}"), f"order:{number}"
    ref = ORDER.ref(placed.version.sk)
    for step in sale.then.split():
        _send(writer, ref.ask(STEPS[step]), f"{name}:{step}")
    if sale.back:
        _send(writer, ref.ask(return_items, items=sale.back), f"{name}:return_items")
    return placed.replayed is None


def _send[S](writer: Writer, command: Command[S], name: str) -> Answer[S]:
    return writer.send(command, once=Once(f"→seed_demo:{name}", digest="seed_demo", forever=True))
