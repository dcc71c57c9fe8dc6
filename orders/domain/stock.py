"""Stock: how much there is of a product, and how much of that is promised to orders.

`on_hand` is in the house, `reserved` of it is promised, `available` is the rest. These numbers stand on a counter
that adjustments and orders move; the entity keeps what people decide: adjustments and the threshold.

A little past the usual length: the counter, its floors and the rules that move it are read together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cqrs.domain import SUPPLIED, Count, Counter, Deltas, Entity, Reads, Refused, Short, Stale

QUANTITY_MOST = 10**9
"""Units that one adjustment or line may move."""

REASON_MOST = 500


class InsufficientStock(Refused):
    """There is not enough of this in stock."""


class StockMoved(Stale):
    """What is on hand is not what this was decided on."""


class InvalidQuantity(Refused):
    """This quantity is out of range."""


class InvalidThreshold(Refused):
    """A threshold is 0 or more units, or null for none."""


class ReasonTooLong(Refused):
    """At most 500 characters fit here."""


def insufficient(shorts: Sequence[Short], *, pointer: str = "") -> Refused:
    """The refusal of whoever has no lines to point to; of each SKU the number that is shortest."""
    shortest: dict[str, Short] = {}
    for each in shorts:
        sku = each.count.key
        shortest[sku] = min(shortest.get(sku, each), each, key=lambda short: short.available)
    told = [{"sku": sku, "requested": each.requested, "available": each.available} for sku, each in shortest.items()]
    one = {"pointer": pointer, "code": InsufficientStock.code, "detail": InsufficientStock().detail}
    return InsufficientStock(**told[0], errors=[one | each for each in told])  # type: ignore[arg-type]


ON_HAND, RESERVED, AVAILABLE = "on_hand", "reserved", "available"
UNITS = Counter("STOCK", floors={ON_HAND: 0, RESERVED: 0, AVAILABLE: 0}, refusal=insufficient, of_states=True)
"""Per SKU; `available` is always `on_hand` less `reserved`."""


@dataclass(frozen=True)
class Level:
    """How many units are available now."""

    available: int


@dataclass(frozen=True)
class Adjustment:
    """One correction of what is on hand: by how much, why, after which paper; decided on so much, where that counts."""

    quantity: int
    reason: str = ""
    reference: str = ""
    expected: int | None = None


@dataclass(frozen=True)
class Stock:
    """What people decided about a product's stock. `adjusted` is the sum of all adjustments."""

    sku: str
    adjusted: int = 0
    low_stock_at: int | None = None
    is_low: bool = False
    last: Adjustment | None = None


def create(*, sku: str) -> Stock:
    """Of a new product: nothing."""
    return Stock(sku)


def adjust(stock: Stock, *, quantity: int, reason: str = "", reference: str = "", expected: int | None = None) -> Stock:
    """More, or less, is on hand than was thought. 0 changes nothing. `expected` is the on_hand this was decided on."""
    if abs(quantity) > QUANTITY_MOST:
        raise InvalidQuantity(f"At most {QUANTITY_MOST:,} units at once.", pointer="/quantity", limit=QUANTITY_MOST)
    for name, text in {"reason": reason, "reference": reference}.items():
        if len(text) > REASON_MOST:
            raise ReasonTooLong(pointer=f"/{name}", limit=REASON_MOST)
    if quantity == 0:
        return stock
    return replace(stock, adjusted=stock.adjusted + quantity, last=Adjustment(quantity, reason, reference, expected))


def set_threshold(stock: Stock, *, low_stock_at: int | None) -> Stock:
    """From how few available units on it counts as low; null for never."""
    if low_stock_at is not None and not 0 <= low_stock_at <= QUANTITY_MOST:
        raise InvalidThreshold(pointer="/low_stock_at")
    return replace(stock, low_stock_at=low_stock_at)


def run_low(stock: Stock, *, level: Level = SUPPLIED) -> Stock:
    """It has come down to its threshold, if it has."""
    return replace(stock, is_low=True) if _is_low(stock, level) else stock


def recover(stock: Stock, *, level: Level = SUPPLIED) -> Stock:
    """It is above its threshold again, or has none any more, if that is so."""
    return stock if _is_low(stock, level) else replace(stock, is_low=False)


def adjusted(before: Stock | None, after: Stock | None) -> Deltas:
    """An adjustment moves what is on hand and what is available alike."""
    [sku] = {each.sku for each in (before, after) if each}
    delta = (after.adjusted if after else 0) - (before.adjusted if before else 0)
    return {UNITS.at(sku, ON_HAND): delta, UNITS.at(sku, AVAILABLE): delta}


def decided_on(before: Stock | None, after: Stock) -> Mapping[Count, int]:
    """What an adjustment expects to be on hand, exactly."""
    is_adjusted = before is not None and after.adjusted != before.adjusted
    if not is_adjusted or after.last is None or after.last.expected is None:
        return {}
    return {UNITS.at(after.sku, ON_HAND): after.last.expected}


def short(stock: Stock, shorts: Sequence[Short]) -> Refused:
    """Another number than expected is another refusal than too few; of these, the quantity is at fault."""
    for each in shorts:
        expected = stock.last and stock.last.expected
        if each.count.number == ON_HAND and expected is not None and each.there != expected:
            return StockMoved(pointer="/expected", expected=expected, on_hand=each.there)
    return insufficient(shorts, pointer="/quantity")


def level(reads: Reads, stock: Stock, _: Mapping[str, Any]) -> Level:
    """What the counter says."""
    return Level(reads.counter(UNITS, stock.sku).get(AVAILABLE, 0))


def _is_low(stock: Stock, level: Level) -> bool:
    return stock.low_stock_at is not None and level.available <= stock.low_stock_at


STOCK = Entity(
    "STOCK",
    Stock,
    create=create,
    change={"adjusted": adjust, "threshold_set": set_threshold, "ran_low": run_low, "recovered": recover},
    adds={adjust},
    loads={Level: level},
    counts=adjusted,
    exactly=decided_on,
    short=short,
    code=lambda stock: stock.sku,
    name=lambda stock: stock.sku,
)
