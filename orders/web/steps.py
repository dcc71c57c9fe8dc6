"""Where an order is on its way, as a stepper shows it."""

from dataclasses import dataclass
from datetime import datetime

from orders.domain import Order, Status

WAY = (Status.PENDING, Status.CONFIRMED, Status.PROCESSING, Status.SHIPPED, Status.DELIVERED)


@dataclass(frozen=True, slots=True)
class Step:
    """One status: `state` is done, now, next or off; `at` is when it was reached, where that is known."""

    name: str
    state: str
    at: datetime | None = None


def steps(order: Order) -> list[Step]:
    """The way of an order; of a cancelled one, where it began and that it ended."""
    times = {Status.PENDING: order.placed_at, Status.SHIPPED: order.shipped_at, Status.DELIVERED: order.delivered_at}
    if order.status == Status.CANCELLED:
        return [Step("Placed", "done", order.placed_at), Step("Cancelled", "off")]
    at = WAY.index(order.status)
    return [
        Step(
            "Placed" if status == Status.PENDING else status.capitalize(), _state(place, at, status), times.get(status)
        )
        for place, status in enumerate(WAY)
    ]


def _state(place: int, at: int, status: Status) -> str:
    if place < at or (place == at and status == Status.DELIVERED):
        return "done"
    return "now" if place == at else "next"
