"""The two tables, `events` and `counters`."""

from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, table


def create_tables() -> list[str]:
    """Create what is missing and wait until it is there. The names of what was created."""
    created = [definition["TableName"] for definition in (_events(), _counters()) if _create(definition)]
    for name in created:
        dynamodb().get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    _expire_receipts()
    return created


def _create(definition: dict[str, Any]) -> bool:
    try:
        dynamodb().create_table(**definition, BillingMode="PAY_PER_REQUEST")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        return False
    return True


def _expire_receipts() -> None:
    name = table("counters")
    status = dynamodb().describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if status == "DISABLED":
        dynamodb().update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
        )


def _events() -> dict[str, Any]:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return _table("events", ("id", "S"), ("version", "N")) | {"StreamSpecification": stream}


def _counters() -> dict[str, Any]:
    return _table("counters", ("pk", "S"), ("sk", "S"))


def _table(name: str, hash: tuple[str, str], range: tuple[str, str]) -> dict[str, Any]:
    return {
        "TableName": table(name),
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": kind} for key, kind in (hash, range)],
        "KeySchema": [
            {"AttributeName": hash[0], "KeyType": "HASH"},
            {"AttributeName": range[0], "KeyType": "RANGE"},
        ],
    }
