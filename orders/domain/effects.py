"""What an order does to stock, and what it needs of the catalogue and of a hold.

The only place where an order moves stock is `reserves`, which sees the states before and after a change: so an edit of
a shipped order moves nothing, and what was given back once is not given back again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from billing.domain import Metric, counted
from cqrs.domain import Command, Deltas, Entity, NotFound, Reads, Refused, Short, Version
from cqrs.domain import Sequence as Numbered
from orders.domain.catalogue import catalogue, short_of
from orders.domain.hold import HOLD, Held, Hold, is_code, take
from orders.domain.lines import Catalogue, Item
from orders.domain.order import Order, cancel, confirm, deliver, edit, place, process, return_items, ship
from orders.domain.status import Status
from orders.domain.stock import AVAILABLE, ON_HAND, RESERVED, UNITS


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


def counts(before: Order | None, after: Order | None) -> Deltas:
    """What it does to stock; and each order that is placed is one of the plan's orders of that month."""
    placed = counted(Metric.ORDERS, 1, at=after.placed_at) if before is None and after else {}
    return {**reserves(before, after), **placed}


def short(order: Order, shorts: Sequence[Short]) -> Refused | None:
    """Which lines there is not enough for, and how much there is."""
    return short_of([Item(line.sku, line.quantity) for line in order.lines], shorts)


def held(reads: Reads, _: Order | None, args: Mapping[str, Any]) -> Held:
    """The hold that an order names."""
    code = args.get("hold") or ""
    try:
        return Held(reads.get(HOLD, HOLD.sk_of(code)).state if is_code(code) else None)
    except NotFound:
        return Held(None)


def taking_over(before: Version[Order] | None, after: Version[Order]) -> Iterator[Command[Hold]]:
    """What comes along with a new order: the end of the hold whose units it takes over."""
    if before is None and after.state.hold:
        yield HOLD.ref(HOLD.sk_of(after.state.hold)).ask(take)


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
    loads={Catalogue: catalogue, Held: held},
    counts=counts,
    short=short,
    along=taking_over,
    code=Numbered("ORD-%%no#:0>6%%"),
    name=lambda order: "",
    personal={"shipping_address": lambda order: order.customer_id, "note": lambda order: order.customer_id},
)
