"""States as JSON and back, and what may stand in them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

import orjson
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from cqrs.domain import Entity, Json, Refused, Version
from cqrs.personal import opened

ITEM_MOST = 350 * 1024
"""Bytes of a version's state, arguments and name together; DynamoDB itself stops at 400 KB an item."""

INTEGER_MOST = 2**63
"""The first number above what a database column holds."""


class TooLarge(Refused):
    """This entity is larger than one version can hold."""


class ForbiddenCharacter(Refused):
    """A text holds a character that cannot be kept: NUL, or half of a surrogate pair."""


class NumberOutOfRange(Refused):
    """A number is too large to keep."""


_UNKEPT = re.compile("[\0\ud800-\udfff]")


def encode(state: object) -> dict[str, Json]:
    """A state as JSON. ForbiddenCharacter, NumberOutOfRange where a value cannot be kept."""
    encoded = cast(dict[str, Json], to_jsonable_python(state))
    _check(encoded, "")
    return encoded


def decode[S](entity: Entity[S, ...], fact: Version[Mapping[str, Json]]) -> Version[S]:
    """A stored version with its state as the entity's dataclass, and what is personal in it open."""
    adapter: TypeAdapter[Any] = _adapter(cast(Any, entity.state))
    fact = opened(entity, fact)
    return cast(Version[S], replace(fact, state=adapter.validate_python(fact.state)))


def check_size(*parts: Json) -> int:
    """Bytes of the parts together, no fewer than DynamoDB counts. TooLarge where they do not fit in one item."""
    size = sum(_size(orjson.dumps(part)) for part in parts)
    if size > ITEM_MOST:
        raise TooLarge(size=size, limit=ITEM_MOST)
    return size


def _size(text: bytes) -> int:
    """What JSON takes to write is what DynamoDB counts, or more; but an element of a list may cost it a byte more."""
    return len(text) + text.count(b",")


@cache
def _adapter(state: Any) -> TypeAdapter[Any]:
    return TypeAdapter(state)


def _check(value: Json, pointer: str) -> None:
    match value:
        case str() if _UNKEPT.search(value):
            raise ForbiddenCharacter(pointer=pointer)
        case int() | float() if not -INTEGER_MOST <= value < INTEGER_MOST:  # NaN compares false, so it is refused too
            raise NumberOutOfRange(pointer=pointer)
        case list():
            for index, each in enumerate(value):
                _check(each, f"{pointer}/{index}")
        case Mapping():
            for key, each in value.items():
                _check(key, pointer)
                _check(each, f"{pointer}/{key}")
