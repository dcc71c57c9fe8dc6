"""One client per process, and its limits."""

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from django.conf import settings

from cqrs.deadlines import time_left
from cqrs.dynamodb.parser import session
from cqrs.dynamodb.requests import ANSWER_TIMEOUT, CONNECT_TIMEOUT, MIN_SEND, away, until_answered, until_decided
from cqrs.telemetry import watched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

__all__ = ["dynamodb", "is_embedded", "streams", "table", "until_answered", "until_decided"]

AMAZONS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""How the names of Amazon's own endpoints end, those within a VPC as well."""


@cache
def dynamodb() -> "DynamoDBClient":
    """The client of the tables. StoreAway."""
    try:
        return _limited(watched(_session().client("dynamodb", **_options())))
    except BotoCoreError as error:
        raise away(error) from error


@cache
def streams() -> "DynamoDBStreamsClient":
    """The client of the tables' streams. StoreAway."""
    try:
        return _limited(watched(_session().client("dynamodbstreams", **_options())))
    except BotoCoreError as error:
        raise away(error) from error


def table(name: str) -> str:
    """The full name of the table `events` or `counters`."""
    return f"{settings.DYNAMODB['prefix']}{name}"


def is_embedded() -> bool:
    """Whether the log is none of Amazon's own: DynamoDB Local, or what else stands in for it."""
    host = urlsplit(settings.DYNAMODB["endpoint"] or "").hostname or ""
    return bool(host) and not host.endswith(AMAZONS)


def _limited[C](client: C) -> C:
    """A client of which no send waits longer for its answer than whoever asks has time left."""
    client.meta.events.register("before-call", _limit)  # type: ignore[attr-defined]  # every client has it
    return client


def _limit(context: dict[str, Any], **_: Any) -> None:
    context["read_timeout"] = max(MIN_SEND, time_left(ANSWER_TIMEOUT))


def _session() -> boto3.Session:
    return boto3.Session(botocore_session=session())


def _options() -> dict[str, Any]:
    there = settings.DYNAMODB
    local = {"aws_access_key_id": there["access_key"], "aws_secret_access_key": "local"} if is_embedded() else {}
    return local | {
        "endpoint_url": there["endpoint"],
        "region_name": there["region"],
        "config": Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=ANSWER_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 1},  # until_decided must see what became of each send
            max_pool_connections=128,
            parameter_validation=False,
            user_agent="tenfold",
        ),
    }
