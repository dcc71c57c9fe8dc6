"""The events table's stream, and the table itself in segments: see `cqrs.stream.source.Source`."""

from functools import cache, partial
from typing import Any

import orjson
from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, streams, table, until_decided
from cqrs.dynamodb.items import item_fact
from cqrs.stream.source import Gone, Page, ShardInfo, Trimmed

PAGE = 1000
"""Records a page of the stream holds at most; DynamoDB's own limit."""

SEGMENT_PAGE = 500
"""Items a page of a segment looks at."""

_LOST = {"TrimmedDataAccessException": Trimmed, "ResourceNotFoundException": Gone}


class DynamoSource:
    """See `Source`."""

    def shards(self) -> list[ShardInfo]:
        found: list[ShardInfo] = []
        request: dict[str, Any] = {"StreamArn": _arn()}
        while True:
            answer = until_decided(partial(streams().describe_stream, **request))["StreamDescription"]
            found += [ShardInfo(shard["ShardId"], shard.get("ParentShardId", "")) for shard in answer["Shards"]]
            if "LastEvaluatedShardId" not in answer:
                return found
            request["ExclusiveStartShardId"] = answer["LastEvaluatedShardId"]

    def iterator(self, shard: str, *, after: str) -> str:
        place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        horizon = {"ShardIteratorType": "TRIM_HORIZON"}
        request: Any = {"StreamArn": _arn(), "ShardId": shard} | (place if after else horizon)
        return _untrimmed(partial(streams().get_shard_iterator, **request))["ShardIterator"]  # type: ignore[no-any-return]

    def page(self, iterator: str) -> Page | None:
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

    def segment(self, segment: str, *, after: str) -> Page:
        number, total = segment.split("/")
        request: dict[str, Any] = {"TableName": table("events"), "ConsistentRead": True, "Limit": SEGMENT_PAGE}
        request |= {"Segment": int(number), "TotalSegments": int(total)}
        request |= {"ExclusiveStartKey": orjson.loads(after)} if after else {}
        answer = until_decided(partial(dynamodb().scan, **request))
        last = answer.get("LastEvaluatedKey")
        return Page(
            [item_fact(item) for item in answer["Items"]],
            orjson.dumps(last).decode() if last else None,
            segment if last else None,
        )


def _untrimmed(request: partial[Any]) -> Any:
    try:
        return until_decided(request)
    except ClientError as error:
        lost = _LOST.get(error.response["Error"]["Code"])
        if lost is None:
            raise
        raise lost from error


@cache
def _arn() -> str:
    return dynamodb().describe_table(TableName=table("events"))["Table"]["LatestStreamArn"]
