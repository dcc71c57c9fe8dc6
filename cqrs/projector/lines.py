"""A fact as a line of its tenant's journal, and back: the line holds all of it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from cqrs.domain import Version
from cqrs.store import Fact

_FIELDS = [field.name for field in fields(Version) if field.name != "state"]

COLUMNS = (*_FIELDS, "attributes")
"""The journal's columns that make a fact."""


def line_of(fact: Fact, position: int) -> dict[str, Any]:
    """The journal line of a fact, by column."""
    line: dict[str, Any] = {name: getattr(fact, name) for name in _FIELDS}
    return line | {"position": position, "entity_id": fact.id, "attributes": fact.state}


def fact_of(line: Mapping[str, Any]) -> Fact:
    """The fact of a journal line, given by column; JSON may be text still."""
    values = {name: line[name] for name in COLUMNS}
    state, args = (_parsed(values.pop(name)) for name in ("attributes", "args"))
    return Version(**values, args=args, state=state)


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
