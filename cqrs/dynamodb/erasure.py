"""Taking everything of one tenant out of both tables, when that tenant ends. Nothing else ever deletes a fact."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import batched
from typing import Any

from cqrs.dynamodb.client import dynamodb, table, until_answered, until_decided
from cqrs.progress import Tell, silent

AT_ONCE = 25
"""Items one request deletes; DynamoDB's own limit."""

KEYS = {"events": ("id", "version"), "counters": ("pk", "sk")}

type Key = Mapping[str, Any]


def erase(tenant: str, *, tell: Tell = silent) -> int:
    """Delete the tenant's facts, counters, numbers and receipts. Returns how many items there were: 0, once it is done.
    Reads both tables from end to end. Unavailable; then it is called again."""
    done = 0
    for name in KEYS:
        for keys in batched(_keys(name, tenant), AT_ONCE, strict=False):
            _delete(name, keys)
            done += len(keys)
            tell(name, done, 0)
    return done


def _keys(name: str, tenant: str) -> Iterator[Key]:
    """Partitions end with their tenant's code; `contains` only spares us the others' items."""
    partition, sort = KEYS[name]
    names = {f"#{each}": each for each in ("pk", partition, sort)}
    request: dict[str, Any] = {
        "TableName": table(name),
        "ConsistentRead": True,
        "ProjectionExpression": ", ".join(names),
        "FilterExpression": "contains(#pk, :tenant)",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":tenant": {"S": f"#{tenant}"}},
    }
    while True:
        page: Any = until_answered(partial(dynamodb().scan, **request))
        for item in page["Items"]:
            if item["pk"]["S"].rpartition("#")[2] == tenant:
                yield {partition: item[partition], sort: item[sort]}
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _delete(name: str, keys: tuple[Key, ...]) -> None:
    request: Any = {table(name): [{"DeleteRequest": {"Key": key}} for key in keys]}
    while request:
        answer = until_decided(partial(dynamodb().batch_write_item, RequestItems=request))
        request = answer.get("UnprocessedItems")
