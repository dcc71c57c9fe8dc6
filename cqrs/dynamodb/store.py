"""The store in DynamoDB: conditional puts, transactions, strong reads. One class, a little past the usual length: it is
read beside the protocol it keeps."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import batched, islice
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.actions import action, found
from cqrs.dynamodb.client import dynamodb, is_embedded, table, until_answered, until_decided
from cqrs.dynamodb.errors import CANCELLED
from cqrs.dynamodb.items import Item, fact_item, item_fact, item_numbers, item_receipt
from cqrs.dynamodb.probe import refuse_skewed
from cqrs.dynamodb.settling import settled
from cqrs.store import Append, Fact, Keep, Receipt, Rejected, Tally, Write, is_mine

FAILED = "ConditionalCheckFailedException"

READ_MOST = 100
"""Items one request reads by their keys; DynamoDB's own limit."""

LOAD_MOST, LOADERS = 25, 4
"""Items one request puts without a condition, DynamoDB's own limit; requests under way at once."""

SCAN_PAGE = 500
"""Items a page of a scan looks at."""


@cache
def store() -> "DynamoStore":
    """This process's store."""
    return DynamoStore()


class DynamoStore:
    """See `cqrs.store.Store`."""

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        """One conditional put where that is all there is, else one transaction. ClockSkew."""
        refuse_skewed()
        if len(writes) == 1 and isinstance(writes[0], Append | Keep):
            self._put(writes[0])
        else:
            self._transact(writes, token=token)

    def load(self, facts: Sequence[Fact]) -> None:
        refuse_skewed()
        with ThreadPoolExecutor(LOADERS) as pool:
            list(pool.map(_load, batched(facts, LOAD_MOST)))

    def read(self, id: str, version: int | None = None) -> Fact | None:
        if version is None:
            return next(_query(id, newest_first=True, page=1), None)
        item = _get("events", {"id": {"S": id}, "version": {"N": str(version)}})
        return item_fact(item) if item else None

    def read_many(self, keys: Sequence[tuple[str, int]]) -> list[Fact]:
        return [fact for some in batched(keys, READ_MOST) for fact in _read_many(some)]

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Iterator[Fact]:
        return islice(_query(id, above=after, page=limit), limit)

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        item = _get("counters", {"pk": {"S": f"KEY#{tenant}"}, "sk": {"S": key}})
        return item_receipt(item) if item else None

    def counter(self, pk: str, sk: str) -> Tally:
        return item_numbers(_get("counters", {"pk": {"S": pk}, "sk": {"S": sk}}) or {})

    def counters(self, pk: str) -> Iterator[tuple[str, Tally]]:
        request: dict[str, Any] = {
            "TableName": table("counters"),
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
        }
        for items in _pages(dynamodb().query, request):
            yield from ((item["sk"]["S"], item_numbers(item)) for item in items)

    def number(self, pk: str, sk: str) -> int:
        return self.counter(pk, sk).get("no", 0)

    def next_number(self, pk: str, sk: str) -> int:
        """A lost answer costs a number: the add is sent again. ClockSkew."""
        refuse_skewed()
        request: dict[str, Any] = {
            "TableName": table("counters"),
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": "ADD #no :one",
            "ExpressionAttributeNames": {"#no": "no"},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW",
        }
        answer = until_answered(partial(dynamodb().update_item, **request))
        return int(answer["Attributes"]["no"]["N"])

    def scan(self) -> Iterator[list[Fact]]:
        """Every version of every tenant, a page at a time, in no order: for healing, not for requests."""
        for items in _pages(dynamodb().scan, {"TableName": table("events"), "Limit": SCAN_PAGE}):
            yield [item_fact(item) for item in items]

    def _put(self, write: Write) -> None:
        try:
            until_decided(partial(dynamodb().put_item, **action(write)["Put"]), answers=[FAILED])
        except ClientError as error:
            there: Any = error.response.get("Item")
            _judge([(write, there)], cause=error)

    def _transact(self, writes: Sequence[Write], *, token: str) -> None:
        request: dict[str, Any] = {
            "TransactItems": [action(write) for write in writes],
            "ClientRequestToken": hashlib.sha256(token.encode()).hexdigest()[:36],
        }
        send = partial(settled if is_embedded() else dynamodb().transact_write_items, **request)
        try:
            until_decided(send, answers=[CANCELLED])
        except ClientError as error:
            reasons: Any = error.response["CancellationReasons"]
            failed = [
                (write, reason.get("Item"))
                for write, reason in zip(writes, reasons, strict=False)
                if reason["Code"] == "ConditionalCheckFailed"
            ]
            _judge(failed, cause=error)


def _judge(failed: Sequence[tuple[Write, Item | None]], *, cause: ClientError) -> None:
    """What stands there decides: my own command means that an earlier send of these bytes had succeeded."""
    judged = [(write, found(write, item)) for write, item in failed]
    if not any(is_mine(write, there) for write, there in judged):
        raise Rejected(judged) from cause


def _load(facts: Sequence[Fact]) -> None:
    """What one request could not put is sent again."""
    request: Any = {table("events"): [{"PutRequest": {"Item": fact_item(fact)}} for fact in facts]}
    while request:
        answer = until_decided(partial(dynamodb().batch_write_item, RequestItems=request))
        request = answer.get("UnprocessedItems")


def _query(id: str, *, above: int = 0, newest_first: bool = False, page: int | None = None) -> Iterator[Fact]:
    request: dict[str, Any] = {
        "TableName": table("events"),
        "KeyConditionExpression": "id = :id AND version > :above",
        "ExpressionAttributeValues": {":id": {"S": id}, ":above": {"N": str(above)}},
        "ScanIndexForward": not newest_first,
    }
    if page is not None:
        request["Limit"] = page
    for items in _pages(dynamodb().query, request):
        yield from map(item_fact, items)


def _pages(operation: Callable[..., Any], request: dict[str, Any]) -> Iterator[list[Item]]:
    request |= {"ConsistentRead": True}
    while True:
        page = until_answered(partial(operation, **request))
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _read_many(keys: Sequence[tuple[str, int]]) -> Iterator[Fact]:
    """What one answer has no room for is asked for again."""
    wanted: list[dict[str, Any]] = [{"id": {"S": id}, "version": {"N": str(version)}} for id, version in keys]
    while wanted:
        request: Any = {table("events"): {"Keys": wanted, "ConsistentRead": True}}
        answer = until_answered(partial(dynamodb().batch_get_item, RequestItems=request))
        yield from map(item_fact, answer["Responses"].get(table("events"), []))
        undone: Any = answer.get("UnprocessedKeys", {})
        wanted = undone[table("events")]["Keys"] if undone else []


def _get(name: str, key: dict[str, Any]) -> Item | None:
    answer = until_answered(partial(dynamodb().get_item, TableName=table(name), Key=key, ConsistentRead=True))
    return answer.get("Item")
