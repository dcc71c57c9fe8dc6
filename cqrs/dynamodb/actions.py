"""Writes as DynamoDB's actions, each with its condition, and what a failed condition found."""

from typing import Any

from cqrs.dynamodb.client import table
from cqrs.dynamodb.items import Item, fact_item, item_fact, item_numbers, item_receipt, receipt_item
from cqrs.store import Append, Found, Keep, Move, Take, Write


def action(write: Write) -> dict[str, Any]:
    """One action of a transaction, `{"Put": …}` or `{"Update": …}`; a put's inside is also a `put_item`."""
    match write:
        case Append(fact):
            return {"Put": _put("events", fact_item(fact), when="attribute_not_exists(id)")}
        case Keep(receipt):
            return {"Put": _put("counters", receipt_item(receipt), when="attribute_not_exists(pk)")}
        case Take(pk, sk, seen, count):
            numbers = Move(pk, sk, {}, assumed={"no": seen or None}, sets={"no": seen + count})
            return {"Update": _Update(numbers).request()}
        case Move():
            return {"Update": _Update(write).request()}


def found(write: Write, item: Item | None) -> Found:
    """What a failed condition found in the place of `write`."""
    match write:
        case Append():
            return item_fact(item) if item else None
        case Keep():
            return item_receipt(item) if item else None
        case Take():
            return item_numbers(item or {}).get("no", 0)
        case Move():
            return item_numbers(item or {})


def _put(name: str, item: Item, *, when: str) -> dict[str, Any]:
    return {
        "TableName": table(name),
        "Item": item,
        "ConditionExpression": when,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


class _Update:
    """An `Update` in the making: names and values get their placeholders as its expressions are written."""

    def __init__(self, move: Move) -> None:
        self._move = move
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def request(self) -> dict[str, Any]:
        """The inside of the action."""
        move = self._move
        kept = {name: number for name, number in move.sets.items() if number is not None}
        clauses = {
            "SET": [f"{self._name(name)} = {self._value(number)}" for name, number in kept.items()],
            "REMOVE": [self._name(name) for name in move.sets if name not in kept],
            "ADD": [f"{self._name(name)} {self._value(delta)}" for name, delta in move.deltas.items()],
        }
        request = {
            "TableName": table("counters"),
            "Key": {"pk": {"S": move.pk}, "sk": {"S": move.sk}},
            "UpdateExpression": " ".join(f"{verb} {', '.join(each)}" for verb, each in clauses.items() if each),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        optional = {
            "ConditionExpression": " AND ".join(self._conditions()),
            "ExpressionAttributeNames": {placeholder: name for name, placeholder in self._names.items()},
            "ExpressionAttributeValues": self._values,
        }
        return request | {name: value for name, value in optional.items() if value}

    def _conditions(self) -> list[str]:
        move = self._move
        low = [self._compared(name, ">=", least, is_met_by_0=least <= 0) for name, least in move.least.items()]
        high = [self._compared(name, "<=", most, is_met_by_0=most >= 0) for name, most in move.most.items()]
        return low + high + [self._assumed(name, limit) for name, limit in move.assumed.items()]

    def _compared(self, name: str, operator: str, bound: int, *, is_met_by_0: bool) -> str:
        """A number that is not there counts as 0."""
        compared = f"{self._name(name)} {operator} {self._value(bound)}"
        return f"(attribute_not_exists({self._name(name)}) OR {compared})" if is_met_by_0 else compared

    def _assumed(self, name: str, limit: int | None) -> str:
        if limit is None:
            return f"attribute_not_exists({self._name(name)})"
        return f"{self._name(name)} = {self._value(limit)}"

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"#n{len(self._names)}")

    def _value(self, number: int) -> str:
        placeholder = f":v{len(self._values)}"
        self._values[placeholder] = {"N": str(number)}
        return placeholder
