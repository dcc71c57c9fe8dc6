"""Transactions with DynamoDB Local: acknowledged once they are written down.

It answers a transaction before its COMMIT, and a kill -9 in that moment loses what was acknowledged. One connection to
its file serves everybody: a strong read of one of the items, sent behind the answer, is answered after the COMMIT.
Amazon's own DynamoDB needs none of this.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs.dynamodb.client import dynamodb, table
from cqrs.dynamodb.errors import FAILURES, Unsettled

KEYS = {"events": ("id", "version"), "counters": ("pk", "sk")}


def settled(**request: Any) -> None:
    """Send a transaction, and read one of its items back. Unsettled where that is not there, or nobody says: it is sent
    again, and the token or a condition tells whether it had been kept."""
    dynamodb().transact_write_items(**request)
    actions: Sequence[Mapping[str, Any]] = request["TransactItems"]
    place = _place(next((action for action in actions if "Put" in action), actions[0]))  # a put makes what was not
    try:
        answer = dynamodb().get_item(**place, ConsistentRead=True)
    except FAILURES as error:
        raise Unsettled("the transaction was answered, the read behind it was not") from error
    if "Item" not in answer:
        raise Unsettled("the transaction was answered, and forgotten")


def _place(action: Mapping[str, Any]) -> dict[str, Any]:
    """The table and the key of what an action writes."""
    [inside] = action.values()
    if "Key" in inside:
        return {"TableName": inside["TableName"], "Key": inside["Key"]}
    [names] = [names for name, names in KEYS.items() if table(name) == inside["TableName"]]
    return {"TableName": inside["TableName"], "Key": {name: inside["Item"][name] for name in names}}
