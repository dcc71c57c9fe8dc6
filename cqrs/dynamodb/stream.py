"""The events table's stream: its shards, and pages of facts from one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, streams, table, until_decided
from cqrs.dynamodb.items import item_fact
from cqrs.store import Fact

PAGE = 1000
"""Records a page holds at most; DynamoDB's own limit."""


@dataclass(frozen=True, slots=True)
class ShardInfo:
    """A shard of the stream, and the one it continues (empty where there is none)."""

    id: str
    parent: str


@dataclass(frozen=True, slots=True)
class Page:
    """Facts in the order of their shard. `last` is the sequence number to go on after (None: nothing new);
    `iterator` reads the next page; it is None at the end of a closed shard."""

    facts: Sequence[Fact]
    last: str | None
    iterator: str | None


class Trimmed(Exception):
    """The stream no longer holds what comes after this place: 24 hours have passed."""


def shards() -> list[ShardInfo]:
    """The shards there are, parents and children."""
    found: list[ShardInfo] = []
    request: dict[str, Any] = {"StreamArn": _arn()}
    while True:
        answer = until_decided(partial(streams().describe_stream, **request))["StreamDescription"]
        found += [ShardInfo(shard["ShardId"], shard.get("ParentShardId", "")) for shard in answer["Shards"]]
        if "LastEvaluatedShardId" not in answer:
            return found
        request["ExclusiveStartShardId"] = answer["LastEvaluatedShardId"]


def iterator(shard: str, *, after: str) -> str:
    """Where to read on in a shard: after a sequence number, or from its beginning where `after` is empty. Trimmed."""
    place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
    request: Any = {"StreamArn": _arn(), "ShardId": shard} | (place if after else {"ShardIteratorType": "TRIM_HORIZON"})
    return _untrimmed(partial(streams().get_shard_iterator, **request))["ShardIterator"]  # type: ignore[no-any-return]


def read_page(iterator: str) -> Page | None:
    """The records at an iterator; None when it has expired. Trimmed."""
    try:
        answer = _untrimmed(partial(streams().get_records, ShardIterator=iterator, Limit=PAGE))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExpiredIteratorException":
            raise
        return None
    records = answer["Records"]
    facts = [item_fact(record["dynamodb"]["NewImage"]) for record in records if "NewImage" in record["dynamodb"]]
    last = records[-1]["dynamodb"]["SequenceNumber"] if records else None
    return Page(facts, last, answer.get("NextShardIterator"))


def _untrimmed(request: partial[Any]) -> Any:
    try:
        return until_decided(request)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("TrimmedDataAccessException", "ResourceNotFoundException"):
            raise Trimmed from error
        raise


@cache
def _arn() -> str:
    return dynamodb().describe_table(TableName=table("events"))["Table"]["LatestStreamArn"]
