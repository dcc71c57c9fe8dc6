"""Toy entities that count: wares with their shelves, baskets that reserve, and a plan that limits baskets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NewType

from cqrs.domain import SUPPLIED, Command, Count, Counter, Deltas, Entity, Reads, Refused, Short, Version
from cqrs.domain import Sequence as Numbered

STOCK = Counter("STOCK", floors={"available": 0}, of_states=True)


class QuotaExceeded(Refused):
    """The plan allows no more."""


def _exceeded(shorts: Sequence[Short]) -> Refused:
    return QuotaExceeded(metric=shorts[0].count.key, used=shorts[0].there, limit=shorts[0].bound)


QUOTA = Counter("QUOTA", limits={"used": "limit"}, refusal=_exceeded)


@dataclass(frozen=True)
class Shelf:
    sku: str
    on_hand: int = 0


def open_shelf(*, sku: str) -> Shelf:
    return Shelf(sku)


def adjust(shelf: Shelf, *, quantity: int) -> Shelf:
    return replace(shelf, on_hand=shelf.on_hand + quantity)


def shelved(before: Shelf | None, after: Shelf | None) -> Deltas:
    shelf = after or before
    assert shelf
    delta = (after.on_hand if after else 0) - (before.on_hand if before else 0)
    return {STOCK.at(shelf.sku, "on_hand"): delta, STOCK.at(shelf.sku, "available"): delta}


SHELF = Entity(
    "SHELF",
    Shelf,
    create=open_shelf,
    change={"adjusted": adjust},
    adds={adjust},
    counts=shelved,
    code=lambda shelf: shelf.sku,
)


@dataclass(frozen=True)
class Ware:
    sku: str
    price: int


def offer(*, sku: str, price: int = 100) -> Ware:
    return Ware(sku, price)


def with_shelf(before: Version[Ware] | None, after: Version[Ware]) -> Iterator[Command[Shelf]]:
    if before is None:
        yield SHELF.create(sku=after.state.sku)


def reprice(ware: Ware, *, price: int) -> Ware:
    return replace(ware, price=price)


WARE = Entity("WARE", Ware, create=offer, change={"repriced": reprice}, along=with_shelf, code=lambda ware: ware.sku)


class OutOfStock(Refused):
    """There is not enough in stock."""


Prices = NewType("Prices", Mapping[str, int])


@dataclass(frozen=True)
class Basket:
    lines: tuple[tuple[str, int], ...]
    total: int = 0


def fill(*, lines: tuple[tuple[str, int], ...], prices: Prices = SUPPLIED) -> Basket:
    return Basket(lines, sum(prices[sku] * quantity for sku, quantity in lines))


def refill(basket: Basket, *, lines: tuple[tuple[str, int], ...]) -> Basket:
    return replace(basket, lines=lines)


def empty(basket: Basket) -> Basket:
    return basket


def fill_again(basket: Basket) -> Basket:
    return basket


def reserved(before: Basket | None, after: Basket | None) -> Deltas:
    deltas: dict[Count, int] = {QUOTA.at("baskets", "used"): (after is not None) - (before is not None)}
    for basket, sign in ((before, 1), (after, -1)):
        for sku, quantity in basket.lines if basket else ():
            available, held = STOCK.at(sku, "available"), STOCK.at(sku, "reserved")
            deltas[available] = deltas.get(available, 0) + sign * quantity
            deltas[held] = deltas.get(held, 0) - sign * quantity
    return deltas


def out_of_stock(basket: Basket, shorts: Sequence[Short]) -> Refused | None:
    if shorts[0].count.counter != STOCK:
        return None
    wanted = [sku for sku, _ in basket.lines]
    return OutOfStock(
        errors=[
            {
                "pointer": f"/lines/{wanted.index(each.count.key)}",
                "requested": each.requested,
                "available": each.available,
            }
            for each in shorts
        ]
    )


def current_prices(reads: Reads, _: Basket | None, args: Mapping[str, tuple[tuple[str, int], ...]]) -> Prices:
    return Prices({sku: reads.get(WARE, WARE.sk_of(sku)).state.price for sku, _ in args["lines"]})


BASKET = Entity(
    "BASKET",
    Basket,
    create=fill,
    change={"refilled": refill},
    remove=empty,
    restore=fill_again,
    loads={Prices: current_prices},
    counts=reserved,
    short=out_of_stock,
    code=Numbered("B-%%no%%"),
)


@dataclass(frozen=True)
class Plan:
    baskets: int | None


def subscribe(*, baskets: int | None) -> Plan:
    return Plan(baskets)


def change_plan(_: Plan, *, baskets: int | None) -> Plan:
    return Plan(baskets)


PLAN = Entity(
    "PLAN",
    Plan,
    create=subscribe,
    change={"plan_changed": change_plan},
    limits=lambda plan: {QUOTA.at("baskets", "limit"): plan.baskets},
    code=lambda _: "plan",
)
