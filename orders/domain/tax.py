"""Tax: a rate for each country and category of product. Where there is none for the category there may be one for the
country; else it is 10 percent."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cqrs.domain import Entity, NotFound, Reads, Refused

DEFAULT = Decimal(10)
"""Percent, where a tenant has set nothing."""

PLACES_MOST = 3

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}|", re.ASCII)

type Rates = Mapping[str, Decimal]
"""Percent by category."""


class InvalidRate(Refused):
    """A rate is 0 to 100 percent, with at most three decimal places."""


class InvalidCountry(Refused):
    """A country is two capital letters (ISO 3166-1), such as DE."""


class InvalidTaxCategory(Refused):
    """A category is written as products have it; empty is every other."""


@dataclass(frozen=True)
class TaxRate:
    """What is added to the price of a category's products that go to a country."""

    country: str
    percent: Decimal
    category: str = ""


def create(*, country: str, percent: Decimal, category: str = "") -> TaxRate:
    """A rate for a country, or for one category there."""
    if not _COUNTRY.fullmatch(country):
        raise InvalidCountry(pointer="/country")
    if not _CATEGORY.fullmatch(category):
        raise InvalidTaxCategory(pointer="/category")
    return TaxRate(country, _checked(percent), category)


def edit(rate: TaxRate, *, percent: Decimal) -> TaxRate:
    """Another rate, for orders that are placed from now on."""
    return replace(rate, percent=_checked(percent))


def remove(rate: TaxRate) -> TaxRate:
    """It applies to no further order."""
    return rate


def restore(rate: TaxRate) -> TaxRate:
    """It applies again."""
    return rate


def code_of(country: str, category: str) -> str:
    """`DE`, or `DE.books`."""
    return f"{country}.{category}" if category else country


def rates(reads: Reads, *, country: str, categories: Collection[str]) -> Rates:
    """What applies in a country to each of these categories; in what is no country, the default."""
    if not _COUNTRY.fullmatch(country):
        return dict.fromkeys(categories, DEFAULT)
    general = _rate(reads, country, "")
    found = {category: _rate(reads, country, category) if category else general for category in categories}
    return {category: _first(rate, general) for category, rate in found.items()}


def _rate(reads: Reads, country: str, category: str) -> Decimal | None:
    try:
        found = reads.get(TAX_RATE, TAX_RATE.sk_of(code_of(country, category)))
    except NotFound:
        return None
    return None if found.is_deleted else found.state.percent


def _first(rate: Decimal | None, general: Decimal | None) -> Decimal:
    if rate is not None:
        return rate
    return DEFAULT if general is None else general


def _checked(percent: Decimal) -> Decimal:
    if not (percent.is_finite() and 0 <= percent <= 100 and percent == round(percent, PLACES_MOST)):
        raise InvalidRate(pointer="/percent")
    return percent


TAX_RATE = Entity(
    "TAXRATE",
    TaxRate,
    create=create,
    change={"edited": edit},
    remove=remove,
    restore=restore,
    code=lambda rate: code_of(rate.country, rate.category),
    name=lambda rate: code_of(rate.country, rate.category),
)
