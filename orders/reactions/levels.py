"""Stock runs low and recovers: decided after whatever may have moved what is available, by what it is then.

Each decision is looked at again once it has become a fact: one that was overtaken while it was made is set right.
"""

from collections.abc import Iterable, Iterator

from cqrs.domain import Command, Version
from cqrs.reactions import reaction
from orders.domain import HOLD, ORDER, STOCK, Hold, Order, Stock
from orders.domain.stock import recover, run_low


@reaction(ORDER, "placed", "edited", "cancelled", "returned")
def review_ordered(order: Version[Order]) -> Iterable[Command[Stock]]:
    """Of everything that is in an order."""
    for line in order.state.lines:
        yield from _review(line.sku)


@reaction(HOLD, "held", "released", "expired", "taken")
def review_held(hold: Version[Hold]) -> Iterable[Command[Stock]]:
    """Of everything that is held, or is not any more."""
    for item in hold.state.items:
        yield from _review(item.sku)


@reaction(STOCK, "adjusted", "threshold_set", "ran_low", "recovered")
def review_adjusted(stock: Version[Stock]) -> Iterable[Command[Stock]]:
    """Of what was counted, or is measured otherwise; and once more of what was decided here."""
    return _review(stock.state.sku)


def _review(sku: str) -> Iterator[Command[Stock]]:
    """Both are asked, and one at most changes anything."""
    stock = STOCK.ref(STOCK.sk_of(sku))
    yield stock.ask(run_low)
    yield stock.ask(recover)
