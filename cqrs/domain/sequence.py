"""Numbers for codes: how they are written, and when they start again.

Sequence("ORD-%%no#:0>6%%")                                       # ORD-000001, ORD-000002 …
Sequence("INV-%%year%%-%%no#:0>6%%", rotation=Rotation.YEARLY)    # INV-2026-000001 …
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cqrs.domain.refusals import Refused

START_MONTH = 4
"""The month in which a fiscal year starts, unless something else says another: April."""

REFERENCE_YEAR = 1953
"""The fiscal year 1, unless there is a date of registration."""

CODE_MOST = 100
"""Characters of a code."""

_FIELD = re.compile(r"%%(?P<name>\w+)(?:#:(?P<fill>\w)>(?P<width>\d{1,2}))?%%")
_FORBIDDEN = re.compile(r"[~#/@,\x00-\x1f\x7f]|\A\.{1,2}\Z")


class Rotation(StrEnum):
    """When numbers start again at 1."""

    NONE = "none"
    DAILY = "daily"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    FISCAL_YEARLY = "fiscal_yearly"


_NEEDS: dict[Rotation, tuple[set[str], ...]] = {
    Rotation.NONE: (),
    Rotation.DAILY: ({"year", "fiscal_year"}, {"month"}, {"day"}),
    Rotation.MONTHLY: ({"year", "fiscal_year"}, {"month"}),
    Rotation.YEARLY: ({"year"},),
    Rotation.FISCAL_YEARLY: ({"fiscal_year"},),
}
"""Of each set of fields a format needs one, or a code would come again when the numbers do."""


class InvalidFormat(Refused):
    """This format cannot number anything."""


class InvalidCode(Refused):
    """A code has 1 to 100 characters, and none of them is ~ # / @ , or a control character."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Numbers for codes, counted per tenant. InvalidFormat where codes would not tell one from another.

    `format` holds fields: `%%no%%`, padded `%%no#:0>6%%`; `year`, `month`, `day`, `fiscal_year`, and `code1` to
    `code5`: what `codes` read from the state, each combination counted by itself. `prefix` and `postfix` go around it.

    Gap-free numbers are taken in the command's own transaction; `fast` ones by an atomic add before it, so that
    a refused command leaves a gap.

    A fiscal year starts in the month of `register_date`, else in `start_month`, else in April; its label counts from
    the year of `register_date`, else from 1953. Dates are those of the tenant's time zone.

    A tenant may number otherwise, but for what is `staff_only`: numbers on documents of the vendor's.
    """

    format: str
    fast: bool = False
    rotation: Rotation = Rotation.NONE
    start_month: int | None = None
    register_date: date | None = None
    prefix: str = ""
    postfix: str = ""
    codes: tuple[Callable[[Any], str], ...] = ()
    staff_only: bool = False

    def __post_init__(self) -> None:
        counted = [f"code{number}" for number in range(1, len(self.codes) + 1)]
        known = {"no", "year", "month", "day", "fiscal_year", *counted}
        used = [field["name"] for field in _FIELD.finditer(self.format)]
        if unknown := [name for name in used if name not in known]:
            raise InvalidFormat(f"There is no field {unknown[0]!r} here.", pointer="/format")
        if "%%" in _FIELD.sub("", self.format):
            raise InvalidFormat("A field is written %%no%%, or %%no#:0>6%%.", pointer="/format")
        for needed in ({"no"}, *({name} for name in counted), *_NEEDS[self.rotation]):
            if not needed & set(used):
                names = " or ".join(sorted(needed))
                raise InvalidFormat(f"Without the field {names}, codes would come twice.", pointer="/format")
        if self.start_month is not None and not 1 <= self.start_month <= 12:
            raise InvalidFormat("A month is a number from 1 to 12.", pointer="/start_month")
        check_code(self.code(1, on=date(2026, 1, 1), codes=counted), pointer="/format")

    def code(self, no: int, *, on: date, codes: Iterable[str] = ()) -> str:
        """The code of number `no`."""
        values: dict[str, object] = {f"code{number}": code for number, code in enumerate(codes, 1)}
        values |= {"no": no, "year": on.year, "month": on.month, "day": on.day, "fiscal_year": self.fiscal_year(on)}

        def written(field: re.Match[str]) -> str:
            return str(values[field["name"]]).rjust(int(field["width"] or 0), field["fill"] or " ")

        return f"{self.prefix}{_FIELD.sub(written, self.format)}{self.postfix}"

    def period(self, on: date) -> str:
        """What numbers are counted by on this day; empty where they never start again."""
        match self.rotation:
            case Rotation.DAILY:
                return f"{on:%Y%m%d}"
            case Rotation.MONTHLY:
                return f"{on:%Y%m}"
            case Rotation.YEARLY:
                return f"{on:%Y}"
            case Rotation.FISCAL_YEARLY:
                return f"FY{self._started(on)}"
        return ""

    def fiscal_year(self, on: date) -> int:
        """The label of the fiscal year of this day."""
        return self._started(on) - (self.register_date.year if self.register_date else REFERENCE_YEAR) + 1

    def _started(self, on: date) -> int:
        """The calendar year in which the fiscal year of this day started."""
        month = self.register_date.month if self.register_date else self.start_month or START_MONTH
        return on.year - (on.month < month)


def check_code(code: str, *, pointer: str = "") -> str:
    """The code. InvalidCode where it could not stand in a key, a URL or a Consistency-Token."""
    if not 1 <= len(code) <= CODE_MOST or _FORBIDDEN.search(code):
        raise InvalidCode(pointer=pointer)
    return code
