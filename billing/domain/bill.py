"""What is billed at once: lines, and what they come to. Preview, quote and invoice are all made here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from billing.domain.periods import Period
from billing.domain.plan import Cycle, Plan
from cqrs.domain.money import share

DUE_WITHIN = timedelta(days=14)
"""Time to pay."""


class LineKind(StrEnum):
    BASE = "base"
    PRORATION = "proration"
    OVERAGE = "overage"
    ADJUSTMENT = "adjustment"
    CREDIT = "credit"
    TAX = "tax"


@dataclass(frozen=True)
class Line:
    """One amount in minor units, and how it comes about: a price for a period, or for `seconds` of `of_seconds` of it,
    where `price * seconds == amount * of_seconds + remainder`; or `quantity` at `unit_price`. Its amount is without
    tax, which is `tax_percent` of it."""

    kind: LineKind
    text: str
    amount: int
    period: Period | None = None
    price: int | None = None
    seconds: int | None = None
    of_seconds: int | None = None
    remainder: int = 0
    quantity: int | None = None
    unit_price: Decimal | None = None
    metric: str = ""
    month: str = ""
    tax_percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class Taken:
    """What a bill gives back of an earlier one: less is due on that invoice, or some of what was paid for it is credit
    now."""

    invoice: str
    amount: int


@dataclass(frozen=True)
class Bill:
    """Lines that are billed together, for the `no`th time; never less than nothing."""

    no: int
    plan: str
    currency: str
    lines: tuple[Line, ...]
    issued_at: datetime
    due_at: datetime
    taken: tuple[Taken, ...] = ()

    @property
    def tax(self) -> int:
        return tax_of(self.lines)

    @property
    def total(self) -> int:
        return total_of(self.lines)


def tax_of(lines: Iterable[Line]) -> int:
    """The tax in lines, in minor units."""
    return total_of(line for line in lines if line.kind == LineKind.TAX)


def total_of(lines: Iterable[Line]) -> int:
    """What lines come to, in minor units."""
    return sum(line.amount for line in lines)


def base(plan: Plan, cycle: Cycle, period: Period) -> Line:
    """A whole period's price."""
    price = plan.price(cycle)
    return Line(LineKind.BASE, f"{plan.name}, {cycle}", price, period, price, tax_percent=plan.tax_percent)


def charge(plan: Plan, cycle: Cycle, *, of: Period, at: datetime) -> Line:
    """The price of what is left of a period."""
    return _part(f"{plan.name}, {cycle}, from here on", plan, plan.price(cycle), of=of, at=at)


def refund(plan: Plan, cycle: Cycle, *, of: Period, at: datetime) -> Line:
    """What was billed for a period and is not used of it."""
    return _part(f"{plan.name}, {cycle}, not used", plan, -plan.price(cycle), of=of, at=at)


def overage(
    metric: str, month: str, *, units: int, before: int, unit_price: Decimal, tax_percent: Decimal = Decimal(0)
) -> Line:
    """Units above a limit in a month, less those that were billed before; a later correction is an adjustment."""
    kind = LineKind.ADJUSTMENT if before else LineKind.OVERAGE
    amount = share(units, unit_price * 100) - share(before, unit_price * 100)
    text = f"{metric.replace('_', ' ')} above the plan, {month}"
    more = {"quantity": units - before, "unit_price": unit_price, "metric": metric, "month": month}
    return Line(kind, text, amount, tax_percent=tax_percent, **more)  # type: ignore[arg-type]


def taxes(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The tax on lines, one line for each rate; what is given back gives back its tax as well."""
    net: dict[Decimal, int] = {}
    for line in lines:
        net[line.tax_percent] = net.get(line.tax_percent, 0) + line.amount
    found = [(percent, share(amount, percent)) for percent, amount in sorted(net.items())]
    return tuple(Line(LineKind.TAX, f"tax, {percent.normalize():f} %", tax) for percent, tax in found if tax)


def prorated(price: int, *, seconds: int, of: int) -> tuple[int, int]:
    """The price of so many of these seconds in whole minor units, from the middle to the even one, and what was rounded
    away, in parts of `of`."""
    amount, rest = divmod(price * seconds, of)
    if 2 * rest > of or (2 * rest == of and amount % 2):
        amount, rest = amount + 1, rest - of
    return amount, rest


def _part(text: str, plan: Plan, price: int, *, of: Period, at: datetime) -> Line:
    rest = of.rest(at)
    amount, remainder = prorated(price, seconds=rest.seconds, of=of.seconds)
    share_of = (rest, price, rest.seconds, of.seconds, remainder)
    return Line(LineKind.PRORATION, text, amount, *share_of, tax_percent=plan.tax_percent)
