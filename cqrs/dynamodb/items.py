"""Facts, receipts and writes as DynamoDB takes them, and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, cast

from cqrs.domain import Json, Version
from cqrs.dynamodb.client import table
from cqrs.store import Append, Fact, Found, Keep, Receipt, Take, Write

type Item = Mapping[str, Mapping[str, Any]]

_FIELDS = [field.name for field in fields(Version) if field.name != "state"]
_TIMES = {"at", "created_at"}


def fact_item(fact: Fact) -> Item:
    """The item of a fact: its fields by name, its state as `attributes`, and its keys."""
    values: dict[str, Json] = {name: getattr(fact, name) for name in _FIELDS}
    values |= {name: stamp(getattr(fact, name)) for name in _TIMES}
    values |= {"pk": fact.pk, "id": fact.id, "attributes": fact.state}
    return {name: marshal(value) for name, value in values.items()}


def item_fact(item: Item) -> Fact:
    """The fact of an item."""
    values: dict[str, Any] = {name: unmarshal(item[name]) for name in _FIELDS if name in item}
    values |= {name: datetime.fromisoformat(values[name]) for name in _TIMES}
    return Version(state=cast(Mapping[str, Json], unmarshal(item["attributes"])), **values)


def receipt_item(receipt: Receipt) -> Item:
    """The item of a receipt; `expires_at` is what the table's TTL looks at."""
    values = {field.name: marshal(getattr(receipt, field.name)) for field in fields(Receipt)}
    return values | {"pk": {"S": f"KEY#{receipt.tenant_code}"}, "sk": {"S": receipt.key}}


def item_receipt(item: Item) -> Receipt:
    """The receipt of an item."""
    values: dict[str, Any] = {field.name: unmarshal(item[field.name]) for field in fields(Receipt)}
    return Receipt(**values)


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


def action(write: Write) -> dict[str, Any]:
    """One action of a transaction, `{"Put": …}` or `{"Update": …}`; a put's inside is also a `put_item`."""
    match write:
        case Append(fact):
            return {"Put": _put("events", fact_item(fact), when="attribute_not_exists(id)")}
        case Keep(receipt):
            return {"Put": _put("counters", receipt_item(receipt), when="attribute_not_exists(pk)")}
        case Take(pk, sk, seen):
            return {"Update": _take(pk, sk, seen=seen)}


def found(write: Write, item: Item | None) -> Found:
    """What a failed condition found in the place of `write`."""
    if not item:
        return None
    match write:
        case Append():
            return item_fact(item)
        case Keep():
            return item_receipt(item)
        case Take():
            return int(item["no"]["N"])


def _put(name: str, item: Item, *, when: str) -> dict[str, Any]:
    return {
        "TableName": table(name),
        "Item": item,
        "ConditionExpression": when,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _take(pk: str, sk: str, *, seen: int) -> dict[str, Any]:
    """An item that is not there counts as 0, so the first taker asks for its absence."""
    assumed = {":seen": {"N": str(seen)}} if seen else {}
    return {
        "TableName": table("counters"),
        "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": "SET #no = :next",
        "ConditionExpression": "#no = :seen" if seen else "attribute_not_exists(#no)",
        "ExpressionAttributeNames": {"#no": "no"},
        "ExpressionAttributeValues": assumed | {":next": {"N": str(seen + 1)}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
