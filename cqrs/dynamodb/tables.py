"""The two tables, `events` and `counters`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, table, until_decided

KEYS = {"events": (("id", "S"), ("version", "N")), "counters": (("pk", "S"), ("sk", "S"))}
"""Each table's HASH and RANGE key."""

STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}


ANSWERS = ("ResourceInUseException", "ResourceNotFoundException")
"""Errors that are answers: the table is there already, or it is not."""

WITHIN = 60.0
"""Seconds a table may take: nobody's request waits for it."""


def create_tables() -> list[str]:
    """Create what is missing and wait until it is there. The names of what was missing. Unavailable."""
    missing = [name for name in KEYS if not _is_there(name)]
    for name in missing:
        _create(name)
        dynamodb().get_waiter("table_exists").wait(TableName=table(name), WaiterConfig={"Delay": 1})
    there = _ask(dynamodb().describe_time_to_live, "counters")["TimeToLiveDescription"]
    if there["TimeToLiveStatus"] == "DISABLED":
        forget: Any = {"Enabled": True, "AttributeName": "expires_at"}  # receipts
        dynamodb().update_time_to_live(TableName=table("counters"), TimeToLiveSpecification=forget)
    return missing


def missing_table() -> str | None:
    """The name of a table that is not there, if one is not. BotoCoreError when nobody answers."""
    for name in KEYS:
        try:
            dynamodb().describe_table(TableName=table(name))
        except ClientError:
            return name
    return None


def _is_there(name: str) -> bool:
    try:
        _ask(dynamodb().describe_table, name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return True


def _create(name: str) -> None:
    keys: Any = [(*key, role) for key, role in zip(KEYS[name], ("HASH", "RANGE"), strict=True)]
    request: dict[str, Any] = STREAM if name == "events" else {}
    request |= {
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
        "KeySchema": [{"AttributeName": key, "KeyType": role} for key, _, role in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
    try:
        _ask(dynamodb().create_table, name, **request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":  # somebody else, or an answer of ours was lost
            raise


def _ask(operation: Callable[..., Any], name: str, **request: Any) -> Any:
    return until_decided(partial(operation, TableName=table(name), **request), within=WITHIN, answers=ANSWERS)
