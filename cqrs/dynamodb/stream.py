"""The events table's stream, and the table itself in segments: see `cqrs.stream.source.Source`."""

from functools import cache, partial
from typing import Any

import orjson
from botocore.exceptions import ClientError

from cqrs.domain import StoreAway
from cqrs.dynamodb.client import dynamodb, streams, table, until_answered
from cqrs.dynamodb.items import item_fact
from cqrs.stream.source import Gone, Page, ShardInfo, Trimmed

PAGE = 1000
"""Records a page of the stream holds at most; DynamoDB's own limit."""

SEGMENT_PAGE = 500
"""Items a page of a segment looks at."""

_EXPIRED = "ExpiredIteratorException"
_LOST = {"TrimmedDataAccessException": Trimmed, "ResourceNotFoundException": Gone}


class DynamoSource:
    """See `Source`."""

    def shards(self) -> list[ShardInfo]:
        try:
            return _shards()
        except StoreAway:
            _arn.cache_clear()  # the table may have been made anew, and its stream with it
            raise

    def iterator(self, shard: str, *, after: str) -> str:
        place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        horizon = {"ShardIteratorType": "TRIM_HORIZON"}
        request: Any = {"StreamArn": _arn(), "ShardId": shard} | (place if after else horizon)
        return str(_untrimmed(partial(streams().get_shard_iterator, **request))["ShardIterator"])

    def page(self, iterator: str) -> Page | None:
        answer = _untrimmed(partial(streams().get_records, ShardIterator=iterator, Limit=PAGE), or_else=_EXPIRED)
        if answer is None:
            return None
        records = answer["Records"]
        facts = [item_fact(record["dynamodb"]["NewImage"]) for record in records if "NewImage" in record["dynamodb"]]
        last = records[-1]["dynamodb"]["SequenceNumber"] if records else None
        return Page(facts, last, answer.get("NextShardIterator"))

    def segment(self, segment: str, *, after: str) -> Page:
        number, total = segment.split("/")
        request: dict[str, Any] = {"TableName": table("events"), "ConsistentRead": True, "Limit": SEGMENT_PAGE}
        request |= {"Segment": int(number), "TotalSegments": int(total)}
        request |= {"ExclusiveStartKey": orjson.loads(after)} if after else {}
        answer = until_answered(partial(dynamodb().scan, **request))
        last = answer.get("LastEvaluatedKey")
        return Page(
            [item_fact(item) for item in answer["Items"]],
            orjson.dumps(last).decode() if last else None,
            segment if last else None,
        )


def _shards() -> list[ShardInfo]:
    found: list[ShardInfo] = []
    request: dict[str, Any] = {"StreamArn": _arn()}
    while True:
        answer = until_answered(partial(streams().describe_stream, **request))["StreamDescription"]
        found += [ShardInfo(shard["ShardId"], shard.get("ParentShardId", "")) for shard in answer["Shards"]]
        if "LastEvaluatedShardId" not in answer:
            return found
        request["ExclusiveStartShardId"] = answer["LastEvaluatedShardId"]


def _untrimmed(request: partial[Any], *, or_else: str = "") -> Any:
    """The answer; None where it is the error `or_else`. Trimmed, Gone."""
    try:
        return until_answered(request, answers=(*_LOST, or_else))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == or_else:
            return None
        raise _LOST[code] from error


@cache
def _arn() -> str:
    answer: Any = until_answered(partial(dynamodb().describe_table, TableName=table("events")))
    return str(answer["Table"]["LatestStreamArn"])
