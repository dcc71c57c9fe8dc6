"""Money as people write and read it: decimals of a currency, where states hold whole minor units."""

from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency, get_currency_precision

from cqrs.domain.money import InvalidMoney

LOCALE = "en"
"""The pages' own language."""


def shown(amount: int, currency: str) -> str:
    """An amount for people: 6598 of USD is `$65.98`, 6598 of JPY is `¥6,598`."""
    return format_currency(_units(amount, currency), currency, locale=LOCALE)


def typed(amount: int, currency: str) -> str:
    """An amount as a field holds it: 6598 of USD is `65.98`."""
    return f"{_units(amount, currency):f}"


def minor_units(text: str, currency: str, *, pointer: str) -> int:
    """What was typed, in minor units of the currency. InvalidMoney, also for more decimals than the currency has."""
    places = get_currency_precision(currency)
    try:
        amount = Decimal(text.strip().replace(",", ".")).scaleb(places)
    except InvalidOperation:
        raise InvalidMoney("An amount is written like 12.50.", pointer=pointer) from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise InvalidMoney(f"{currency} has {places} decimals.", pointer=pointer)
    return int(amount)


def _units(amount: int, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-get_currency_precision(currency))
