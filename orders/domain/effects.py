"""What an order does to stock, and what it needs of the catalogue.

The only place where an order moves stock is `reserves`, which sees the states before and after a change: so an edit of
a shipped order moves nothing, and what was given back once is not given back again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs.domain import Deltas, Entity, NotFound, Reads, Refused, Short
from cqrs.domain import Sequence as Numbered
from orders.domain.lines import SKUS_MOST, Catalogue, Item, pointer_to, summed
from orders.domain.order import Order, cancel, confirm, deliver, edit, place, process, return_items, ship
from orders.domain.product import PRODUCT, Product, is_sku
from orders.domain.status import Status
from orders.domain.stock import AVAILABLE, ON_HAND, RESERVED, UNITS, InsufficientStock
from orders.domain.tax import rates


def reserves(before: Order | None, after: Order | None) -> Deltas:
    """What waits to be shipped is reserved, until it is cancelled; what was shipped and did not come back is gone."""
    reserved, gone = dict[str, int](), dict[str, int]()
    for order, sign in ((before, -1), (after, 1)):
        for line in order.lines if order else ():
            waits = order is not None and order.status != Status.CANCELLED
            reserved[line.sku] = reserved.get(line.sku, 0) + sign * (line.waiting if waits else 0)
            gone[line.sku] = gone.get(line.sku, 0) + sign * (line.shipped - line.returned)
    moves = {RESERVED: reserved, ON_HAND: {sku: -units for sku, units in gone.items()}}
    moves[AVAILABLE] = {sku: -gone[sku] - units for sku, units in reserved.items()}
    return {UNITS.at(sku, number): units for number, each in moves.items() for sku, units in each.items()}


def short(order: Order, shorts: Sequence[Short]) -> Refused | None:
    """Which lines there is not enough for, and how much there is."""
    few = [each for each in shorts if each.count.number == AVAILABLE]
    items = [Item(line.sku, line.quantity) for line in order.lines]
    told = [
        {
            "pointer": pointer_to(each.count.key, items),
            "code": InsufficientStock.code,
            "detail": InsufficientStock().detail,
            "sku": each.count.key,
            "requested": each.requested,
            "available": each.available,
        }
        for each in few
    ]
    return InsufficientStock(errors=told) if told else None


def catalogue(reads: Reads, order: Order | None, args: Mapping[str, Any]) -> Catalogue:
    """The products that are asked for, and their tax where the order goes; nothing where no items are asked for."""
    wanted = summed(args.get("items") or ())
    if len(wanted) > SKUS_MOST:  # refused anyway: nothing is read for it
        return Catalogue({}, {})
    address = args.get("shipping_address") or (order.shipping_address if order else None)
    found = {sku: product for sku in wanted if (product := _product(reads, sku))}
    categories = {product.category for product in found.values()}
    return Catalogue(found, rates(reads, country=address.country, categories=categories) if address and found else {})


def _product(reads: Reads, sku: str) -> Product | None:
    if not is_sku(sku):
        return None
    try:
        return reads.get(PRODUCT, PRODUCT.sk_of(sku)).state
    except NotFound:
        return None


ORDER = Entity(
    "ORDER",
    Order,
    create=place,
    created="placed",
    change={
        "edited": edit,
        "confirmed": confirm,
        "processed": process,
        "shipped": ship,
        "delivered": deliver,
        "cancelled": cancel,
        "returned": return_items,
    },
    adds={place, return_items},
    loads={Catalogue: catalogue},
    counts=reserves,
    short=short,
    code=Numbered("ORD-%%no#:0>6%%"),
    name=lambda order: "",
    personal={"shipping_address": lambda order: order.customer_id, "note": lambda order: order.customer_id},
)
