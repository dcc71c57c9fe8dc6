"""The values that a form is written with, each read strictly: what it has to be is said, with a pointer to where."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from cqrs.domain import InstantOutOfRange, Json, Refused, to_utc
from surveys.domain.questions import TODAY

TEXT_MOST = 5_000
"""Characters of a text that sets no other bound."""

WHOLE_MOST = 10**9
NUMBER_MOST = 10**15

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

type Raw = Mapping[str, Json]


class InvalidForm(Refused):
    """This is not how a form is written."""


def a_text(raw: Raw, name: str, at: str, *, most: int = TEXT_MOST) -> str:
    """The text; empty where there is none."""
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise InvalidForm(f"This is a text of at most {most} characters.", pointer=f"{at}/{name}")
    return value


def a_flag(raw: Raw, name: str, at: str, *, default: bool = False) -> bool:
    """True or false; the default where it does not say."""
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InvalidForm("This is true or false.", pointer=f"{at}/{name}")
    return value


def whole(raw: Raw, name: str, at: str) -> int | None:
    """A whole number, or none."""
    value = raw.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= WHOLE_MOST):
        raise InvalidForm(f"This is a whole number, 0 to {WHOLE_MOST:,}.", pointer=f"{at}/{name}")
    return value if value is None else int(value)


def a_number(value: Json, at: str) -> int | float | None:
    """A number, or none."""
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= NUMBER_MOST:
        raise InvalidForm("This is a number.", pointer=at)
    return value


def a_pair(raw: Json, at: str) -> tuple[int | float, int | float] | None:
    """Two numbers, or none."""
    if raw is None:
        return None
    values = [a_number(each, at) for each in raw] if isinstance(raw, list) else []
    match values:
        case [int() | float() as low, int() | float() as high]:
            return low, high
    raise InvalidForm("These are two numbers.", pointer=at)


def a_day(raw: Raw, name: str, at: str) -> str:
    """A day, `today`, or nothing."""
    text = a_text(raw, name, at, most=10)
    if text and text != TODAY and not _DATE.fullmatch(text):
        raise InvalidForm("A date is written 2026-11-24, or today.", pointer=f"{at}/{name}")
    return text


def an_instant(raw: Json, at: str) -> datetime | None:
    """A time, UTC where it does not say; or none."""
    if raw is None or raw == "":
        return None
    try:
        return to_utc(datetime.fromisoformat(str(raw)))
    except ValueError:
        raise InvalidForm("A time is written as RFC 3339 does.", pointer=at) from None
    except InstantOutOfRange as refused:
        raise InvalidForm(refused.detail, pointer=at) from None


def many(raw: Raw, name: str, at: str, *, most: int) -> list[Json]:
    """A list; empty where there is none."""
    value = raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise InvalidForm(f"This is a list of at most {most}.", pointer=f"{at}/{name}")
    return value


def an_object(raw: Json, at: str) -> Raw:
    """The object."""
    if not isinstance(raw, Mapping):
        raise InvalidForm("This is an object.", pointer=at)
    return raw


def only(raw: Raw, known: Iterable[str], at: str, *, of: str = "this") -> None:
    """InvalidForm where there is a field that is not known."""
    for name in sorted(raw.keys() - set(known)):
        raise InvalidForm(f"There is no field {name!r} in {of}.", pointer=f"{at}/{name}")
