"""Facts, receipts and counters as DynamoDB keeps them, and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, cast

from cqrs.domain import Json, Version
from cqrs.store import Fact, Receipt, Tally

type Item = Mapping[str, Mapping[str, Any]]

_FIELDS = [field.name for field in fields(Version) if field.name != "state"]
_RARE = {"trace", "on_behalf_of"}
"""Fields that an item holds only where there is something to hold."""

_TIMES = {"at", "created_at"}


def fact_item(fact: Fact) -> Item:
    """The item of a fact: its fields by name, its state as `attributes`, and its keys."""
    held = [name for name in _FIELDS if name not in _RARE or getattr(fact, name)]
    values: dict[str, Json] = {name: getattr(fact, name) for name in held}
    values |= {name: stamp(getattr(fact, name)) for name in _TIMES}
    values |= {"pk": fact.pk, "id": fact.id, "attributes": fact.state}
    return {name: marshal(value) for name, value in values.items()}


def item_fact(item: Item) -> Fact:
    """The fact of an item."""
    values: dict[str, Any] = {name: unmarshal(item[name]) for name in _FIELDS if name in item}
    values |= {name: datetime.fromisoformat(values[name]) for name in _TIMES}
    return Version(state=cast(Mapping[str, Json], unmarshal(item["attributes"])), **values)


def receipt_item(receipt: Receipt) -> Item:
    """The item of a receipt; `expires_at` is what the table's TTL looks at, and not there where it stays for good."""
    values = {field.name: getattr(receipt, field.name) for field in fields(Receipt)}
    keys = {"pk": {"S": f"KEY#{receipt.tenant_code}"}, "sk": {"S": receipt.key}}
    return keys | {name: marshal(value) for name, value in values.items() if value is not None}


def item_receipt(item: Item) -> Receipt:
    """The receipt of an item."""
    values: dict[str, Any] = {
        field.name: unmarshal(item[field.name]) for field in fields(Receipt) if field.name in item
    }
    return Receipt(**{"expires_at": None} | values)


def item_numbers(item: Item) -> Tally:
    """The numbers of a counted thing."""
    return {name: int(value["N"]) for name, value in item.items() if "N" in value}


def stamp(at: datetime) -> str:
    """A time as text that sorts as time does: `2026-11-01T00:00:00.000000+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def marshal(value: Json) -> dict[str, Any]:
    """JSON as an attribute value."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": repr(value)}
        case list():
            return {"L": [marshal(each) for each in value]}
        case _:
            return {"M": {key: marshal(each) for key, each in value.items()}}


def unmarshal(value: Mapping[str, Any]) -> Json:
    """An attribute value as JSON. A number is an int where it can be."""
    [(kind, content)] = value.items()
    if kind == "S":  # most are
        return cast(str, content)
    match kind:
        case "NULL":
            return None
        case "N":
            return int(content) if content.lstrip("-").isdigit() else float(content)
        case "L":
            return [unmarshal(each) for each in content]
        case "M":
            return {key: unmarshal(each) for key, each in content.items()}
    return cast(Json, content)
