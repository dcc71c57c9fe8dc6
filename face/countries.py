"""Countries by their codes, as people call them."""

from functools import cache

from babel import Locale

from face.money import LOCALE

NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes that stand for more than a country, or for none."""


@cache
def countries() -> list[tuple[str, str]]:
    """Code (ISO 3166-1) and name of every country, by name."""
    known = Locale(LOCALE).territories.items()
    found = [(code, name) for code, name in known if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY]
    return sorted(found, key=lambda each: each[1])


def name_of(code: str) -> str:
    """A country's name; a code that is none stands for itself."""
    return str(Locale(LOCALE).territories.get(code, code))
