"""Instants as clients send them: in UTC, and far enough from the ends of the calendar."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from cqrs.domain import InstantOutOfRange, to_utc


def _valid(at: datetime) -> datetime:
    try:
        return to_utc(at)
    except InstantOutOfRange as refused:
        raise PydanticCustomError(refused.code, refused.detail) from None


PLAIN = (str, int, float, type(None))
"""What holds no instant, and is most of what is sent: no pointer is made for it."""

Instant = Annotated[AwareDatetime, AfterValidator(_valid)]
"""A field of a body: an instant with its zone, which is UTC from here on."""


def all_to_utc(value: Any, *, pointer: str = "") -> Any:
    """A rule's argument with each instant in it in UTC. InstantOutOfRange, with a pointer."""
    if isinstance(value, datetime):
        return to_utc(value, pointer=pointer)
    if isinstance(value, tuple):
        return tuple(_step(each, pointer, number) for number, each in enumerate(value))
    if isinstance(value, Mapping):
        return {name: _step(each, pointer, name) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return replace(value, **{name: _step(each, pointer, name) for name, each in found.items()})
    return value


def _step(value: Any, pointer: str, name: object) -> Any:
    return value if isinstance(value, PLAIN) else all_to_utc(value, pointer=f"{pointer}/{name}")
