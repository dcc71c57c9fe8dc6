"""The kernel's writes as DynamoDB requests, each with the condition that makes it safe."""

from datetime import UTC, datetime
from typing import Any

from cqrs.dynamodb.client import table
from cqrs.dynamodb.items import Item, fact_item, item_fact, item_receipt, receipt_item
from cqrs.store import Append, Found, Keep, Take, Write


def action(write: Write) -> dict[str, Any]:
    """One action of a transaction, `{"Put": …}` or `{"Update": …}`; a put's inside is also a `put_item`."""
    match write:
        case Append(fact):
            return {"Put": _put("events", fact_item(fact), when="attribute_not_exists(id)")}
        case Keep(receipt):
            put = _put("counters", receipt_item(receipt), when="attribute_not_exists(pk) OR expires_at <= :now")
            return {
                "Put": put | {"ExpressionAttributeValues": {":now": {"N": str(int(datetime.now(UTC).timestamp()))}}}
            }
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
