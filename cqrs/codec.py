"""States as JSON and back, and what may stand in them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

import orjson
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from cqrs.domain import Entity, Json, Refused, Version

ITEM_MOST = 350 * 1024
"""Bytes of state and arguments together, as JSON; DynamoDB itself stops at 400 KB an item."""


class TooLarge(Refused):
    """This entity is larger than one version can hold."""


class ForbiddenCharacter(Refused):
    """A text holds a character that cannot be kept: NUL, or half of a surrogate pair."""


def encode(state: object) -> dict[str, Json]:
    """A state as JSON. ForbiddenCharacter where a text cannot be stored."""
    encoded = cast(dict[str, Json], to_jsonable_python(state))
    _check_text(encoded, "")
    return encoded


def decode[S](entity: Entity[S, ...], fact: Version[Mapping[str, Json]]) -> Version[S]:
    """A stored version with its state as the entity's dataclass."""
    adapter: TypeAdapter[Any] = _adapter(cast(Any, entity.state))
    return cast(Version[S], replace(fact, state=adapter.validate_python(fact.state)))


def check_size(*parts: Json) -> None:
    """TooLarge where the parts do not fit in one item."""
    size = sum(len(orjson.dumps(part)) for part in parts)
    if size > ITEM_MOST:
        raise TooLarge(size=size, limit=ITEM_MOST)


@cache
def _adapter(state: Any) -> TypeAdapter[Any]:
    return TypeAdapter(state)


def _check_text(value: Json, pointer: str) -> None:
    if isinstance(value, str):
        if "\0" in value or not _is_unicode(value):
            raise ForbiddenCharacter(pointer=pointer)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _check_text(key, pointer)
            _check_text(each, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check_text(each, f"{pointer}/{index}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
