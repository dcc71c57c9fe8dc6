"""Money: integer minor units of a currency (ISO 4217); 6598 of USD is 65.98 dollars."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from cqrs.domain.refusals import Refused

AMOUNT_MOST = 10**15
"""Minor units that one amount may have; more is a slip of the keyboard, and sums must fit into 63 bits."""

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class InvalidMoney(Refused):
    """An amount is 0 or more minor units, at most 10^15, of a currency by its three capital letters."""


@dataclass(frozen=True)
class Money:
    """An amount that somebody pays or is paid."""

    amount: int
    currency: str

    def checked(self, *, pointer: str) -> "Money":
        """Itself. InvalidMoney."""
        if not 0 <= self.amount <= AMOUNT_MOST:
            raise InvalidMoney(pointer=f"{pointer}/amount")
        if not _CURRENCY.fullmatch(self.currency):
            raise InvalidMoney(pointer=f"{pointer}/currency")
        return self


def share(amount: int, percent: Decimal) -> int:
    """So many percent of an amount, in whole minor units. Every amount of ours is rounded here: to the nearest, and
    from the middle to the even one, so that many roundings lean nowhere."""
    return int((amount * percent / 100).quantize(Decimal(1), ROUND_HALF_EVEN))
