"""How a plan's limits are written, and what of them a subscription pins.

`{"max_orders": 100, "max_api_calls": {"most": 1000, "enforcement": "soft", "unit_price": "0.5"}, "max_users": null}`:
null is without limit, and so is what is not named; 0 is none.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as Invalid

from billing.domain import Enforcement, Limit, Metric

PREFIX = "max_"
MOST = 2**53


class WrittenLimit(BaseModel):
    """A limit that says more than how much."""

    model_config = ConfigDict(extra="forbid")

    most: int | None = Field(ge=0, le=MOST, strict=True)
    enforcement: Enforcement = Enforcement.HARD
    grace_percent: int = Field(0, ge=0, le=1000, strict=True)
    unit_price: Decimal = Field(Decimal(0), ge=0, le=10**9, max_digits=18, decimal_places=6)


_WRITTEN: TypeAdapter[Any] = TypeAdapter(dict[str, WrittenLimit | int | None])


def checked_limits(written: Any) -> None:
    """ValidationError for what is no limits."""
    try:
        read_limits(written)
    except (Invalid, ValueError) as error:
        raise ValidationError(f"These are no limits: {error}") from None


def read_limits(written: Any) -> Mapping[Metric, Limit]:
    """The limits, by metric. ValueError."""
    found = _WRITTEN.validate_python(written)
    if unknown := sorted(name for name in found if name.removeprefix(PREFIX) not in set(Metric) or PREFIX not in name):
        raise ValueError(f"there is no {unknown[0]}")
    return {Metric(name.removeprefix(PREFIX)): _limit(each) for name, each in found.items()}


def _limit(each: WrittenLimit | int | None) -> Limit:
    if isinstance(each, WrittenLimit):
        return Limit(each.most, each.enforcement, each.grace_percent, each.unit_price)
    if each is not None and not 0 <= each <= MOST:
        raise ValueError("a limit is 0 or more")
    return Limit(each)
