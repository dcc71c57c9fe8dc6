"""Holds: units that are kept for a cart for a while, so that its buyer does not lose them on the way to the till.

They are reserved like an order's, until the hold is released, expires, or an order takes them over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cqrs.domain import SUPPLIED, Deltas, Entity, InvalidCode, Now, Refused, Short
from cqrs.domain import Sequence as Numbered
from cqrs.domain.sequence import check_code
from orders.domain.catalogue import catalogue, short_of
from orders.domain.lines import Catalogue, Item, for_sale, summed
from orders.domain.stock import AVAILABLE, RESERVED, UNITS

MINUTES, MINUTES_MOST = 15, 24 * 60
"""For how long units are held unless somebody says otherwise, and at most."""


class HoldOver(Refused):
    """This hold is over: its units are everybody's again, or an order has them."""


class NotOverYet(Refused):
    """The time of this hold has not come yet."""


class InvalidMinutes(Refused):
    """Units are held for 1 minute to 24 hours."""


class HoldStatus(StrEnum):
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    TAKEN = "taken"


@dataclass(frozen=True)
class Hold:
    """So many of some products, each named once, kept until `expires_at`."""

    items: tuple[Item, ...]
    expires_at: datetime
    status: HoldStatus = HoldStatus.HELD

    def is_good(self, at: datetime) -> bool:
        """Whether its units are still kept."""
        return self.status == HoldStatus.HELD and at < self.expires_at


@dataclass(frozen=True)
class Held:
    """The hold that an order names, if there is one of that name."""

    hold: Hold | None


def hold(
    *, items: tuple[Item, ...], minutes: int = MINUTES, catalogue: Catalogue = SUPPLIED, at: Now = SUPPLIED
) -> Hold:
    """Keep these units from now on. What cannot be ordered cannot be held."""
    if not 1 <= minutes <= MINUTES_MOST:
        raise InvalidMinutes(pointer="/minutes", limit=MINUTES_MOST)
    for_sale(items, catalogue)
    kept = tuple(Item(sku, units) for sku, units in summed(items).items())
    return Hold(kept, at + timedelta(minutes=minutes))


def release(hold: Hold) -> Hold:
    """They are not wanted any more. Of what is over already nothing changes."""
    if hold.status == HoldStatus.TAKEN:
        raise HoldOver(status=hold.status)
    return replace(hold, status=HoldStatus.RELEASED) if hold.status == HoldStatus.HELD else hold


def expire(hold: Hold, *, at: Now = SUPPLIED) -> Hold:
    """Its time has come. Of what is over already nothing changes: to ask late, or twice, does no harm."""
    if hold.status != HoldStatus.HELD:
        return hold
    if at < hold.expires_at:
        raise NotOverYet
    return replace(hold, status=HoldStatus.EXPIRED)


def take(hold: Hold, *, at: Now = SUPPLIED) -> Hold:
    """An order takes the units over, in its own transaction."""
    if not hold.is_good(at):
        raise HoldOver(pointer="/hold", status=hold.status)
    return replace(hold, status=HoldStatus.TAKEN)


def holds(before: Hold | None, after: Hold | None) -> Deltas:
    """What is held is reserved, and not available."""
    moved = dict[str, int]()
    for each, sign in ((before, -1), (after, 1)):
        for item in each.items if each and each.status == HoldStatus.HELD else ():
            moved[item.sku] = moved.get(item.sku, 0) + sign * item.quantity
    reserved = {UNITS.at(sku, RESERVED): units for sku, units in moved.items()}
    return reserved | {UNITS.at(sku, AVAILABLE): -units for sku, units in moved.items()}


def short(hold: Hold, shorts: Sequence[Short]) -> Refused | None:
    """Which items there is not enough of."""
    return short_of(hold.items, shorts)


def is_code(text: str) -> bool:
    """Whether a hold can be called so at all."""
    try:
        return bool(check_code(text))
    except InvalidCode:
        return False


HOLD: Entity[Hold, ...] = Entity(
    "HOLD",
    Hold,
    create=hold,
    created="held",
    change={"released": release, "expired": expire, "taken": take},
    adds={hold},
    loads={Catalogue: catalogue},
    counts=holds,
    short=short,
    code=Numbered("HOLD-%%no#:0>6%%", fast=True),
    name=lambda hold: "",
)
