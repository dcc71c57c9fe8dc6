"""What an order can be, and what may follow that."""

from collections.abc import Mapping
from enum import StrEnum

from cqrs.domain import Refused


class Status(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


NEXT: Mapping[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.PROCESSING, Status.CANCELLED),
    Status.PROCESSING: (Status.SHIPPED, Status.CANCELLED),
    Status.SHIPPED: (Status.DELIVERED,),
    Status.DELIVERED: (),
    Status.CANCELLED: (),
}
"""What may follow each status."""


class NotAllowed(Refused):
    """An order of this status cannot become that."""


def check_next(status: Status, becomes: Status) -> None:
    """NotAllowed, which says what may follow."""
    if becomes not in NEXT[status]:
        allowed = ", ".join(NEXT[status]) or "nothing"
        detail = f"A {status} order cannot become {becomes}; it can become {allowed}."
        raise NotAllowed(detail, status=status, allowed=list(NEXT[status]))
