"""The two tables, `events` and `counters`."""

from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, table

KEYS = {"events": (("id", "S"), ("version", "N")), "counters": (("pk", "S"), ("sk", "S"))}
"""Each table's HASH and RANGE key."""

STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}


def create_tables() -> list[str]:
    """Create what is missing and wait until it is there. The names of what was created."""
    created = [name for name in KEYS if _create(name)]
    for name in created:
        dynamodb().get_waiter("table_exists").wait(TableName=table(name), WaiterConfig={"Delay": 1})
    _expire_receipts(table("counters"))
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
        dynamodb().create_table(
            TableName=table(name),
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
            KeySchema=[{"AttributeName": key, "KeyType": role} for key, _, role in keys],
            BillingMode="PAY_PER_REQUEST",
            **request,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        return False
    return True


def _expire_receipts(name: str) -> None:
    there = dynamodb().describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if there["TimeToLiveStatus"] == "DISABLED":
        specification: Any = {"Enabled": True, "AttributeName": "expires_at"}
        dynamodb().update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
