"""A form as JSON: what was read, without the fields that are as they are anyway."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


def written(thing: object) -> dict[str, Any]:
    """A part of a form as JSON, without the fields that are as they are anyway."""
    found: dict[str, Any] = {}
    for each in fields(thing):  # type: ignore[arg-type]  # any dataclass of ours
        value = getattr(thing, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if value != default:
            found[each.name] = _written(value)
    return found


def _written(value: object) -> Any:
    if isinstance(value, StrEnum | str):
        return str(value)
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    return written(value) if hasattr(value, "__dataclass_fields__") else value
