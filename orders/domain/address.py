"""Where an order goes."""

from dataclasses import dataclass

from cqrs.domain import Refused
from orders.domain.product import check_length

ADDRESS_MOST = 200
"""Characters of each of its lines."""


class IncompleteAddress(Refused):
    """An address needs a street, a city, a postal code and a country of two capital letters."""


@dataclass(frozen=True)
class Address:
    """Where it goes. `country` is two capital letters (ISO 3166-1)."""

    street: str
    city: str
    postal_code: str
    country: str
    state: str = ""

    def check(self, *, pointer: str) -> None:
        """IncompleteAddress, TextTooLong."""
        for name in ("street", "city", "state", "postal_code"):
            check_length(getattr(self, name), most=ADDRESS_MOST, pointer=f"{pointer}/{name}")
            if name != "state" and not getattr(self, name).strip():
                raise IncompleteAddress(pointer=f"{pointer}/{name}")
        if not (len(self.country) == 2 and self.country.isascii() and self.country.isupper()):
            raise IncompleteAddress(pointer=f"{pointer}/country")
