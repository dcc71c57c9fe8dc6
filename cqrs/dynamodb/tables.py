"""The two tables, `events` and `counters`."""

from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, table, until_decided

KEYS = {"events": (("id", "S"), ("version", "N")), "counters": (("pk", "S"), ("sk", "S"))}
"""Each table's HASH and RANGE key."""

STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}


def create_tables() -> list[str]:
    """Create what is missing and wait until it is there. The names of what was created."""
    created = [name for name in KEYS if _create(name)]
    for name in created:
        dynamodb().get_waiter("table_exists").wait(TableName=table(name), WaiterConfig={"Delay": 1})
    there = dynamodb().describe_time_to_live(TableName=table("counters"))["TimeToLiveDescription"]
    if there["TimeToLiveStatus"] == "DISABLED":
        forget: Any = {"Enabled": True, "AttributeName": "expires_at"}  # receipts
        dynamodb().update_time_to_live(TableName=table("counters"), TimeToLiveSpecification=forget)
    return created


def missing_table() -> str | None:
    """The name of a table that is not there, if one is not. BotoCoreError when nobody answers."""
    for name in KEYS:
        try:
            dynamodb().describe_table(TableName=table(name))
        except ClientError:
            return name
    return None


def _create(name: str) -> bool:
    keys: Any = [(*key, role) for key, role in zip(KEYS[name], ("HASH", "RANGE"), strict=True)]
    request: dict[str, Any] = STREAM if name == "events" else {}
    try:
        until_decided(
            partial(
                dynamodb().create_table,
                TableName=table(name),
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
                KeySchema=[{"AttributeName": key, "KeyType": role} for key, _, role in keys],
                BillingMode="PAY_PER_REQUEST",
                **request,
            )
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        return False
    return True
