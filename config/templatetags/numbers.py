"""How numbers and amounts look. Templates load these with `face`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from face import money as amounts

register = template.Library()


@register.filter
def money(value: Mapping[str, Any] | None) -> str:
    """An amount with its currency for people: {"amount": 6598, "currency": "USD"} is $65.98."""
    return amounts.shown(int(value["amount"]), str(value["currency"])) if value else "–"


@register.filter
def amount(value: int, currency: str) -> str:
    """Minor units of a currency for people: 6598|amount:"USD" is $65.98."""
    return amounts.shown(value, currency)


@register.filter
def percent(value: Decimal | str) -> str:
    """So many percent: 7.500 is 7.5 %."""
    return f"{Decimal(value).normalize():f} %"


@register.filter
def count(value: int | None) -> str:
    """A number of things: 12,345."""
    return "–" if value is None else f"{value:,}".replace("-", "−")


@register.filter
def change(value: int) -> str:
    """By how much a number moved: +12, −3."""
    return f"{value:+,}".replace("-", "−")
