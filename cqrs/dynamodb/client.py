"""One client per process, and its limits."""

import time
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from django.conf import settings

from cqrs.deadlines import time_left
from cqrs.dynamodb.errors import is_about_credentials
from cqrs.dynamodb.observation import observed
from cqrs.dynamodb.parser import session
from cqrs.dynamodb.requests import ANSWER_TIMEOUT, CONNECT_TIMEOUT, MIN_SEND, away, until_answered, until_decided
from cqrs.telemetry import watched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

__all__ = ["dynamodb", "forget_clients", "is_embedded", "streams", "table", "until_answered", "until_decided"]

RENEW_INTERVAL = 5.0
"""Seconds a client lives at least, also where its credentials are not taken: making one costs tens of milliseconds."""

AMAZONS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""How the names of Amazon's own endpoints end, those within a VPC as well."""


@cache
def dynamodb() -> "DynamoDBClient":
    """The client of the tables. StoreAway."""
    try:
        return _prepared(_session().client("dynamodb", **_options()))
    except BotoCoreError as error:
        raise away(error) from error


@cache
def streams() -> "DynamoDBStreamsClient":
    """The client of the tables' streams. StoreAway."""
    try:
        return _prepared(_session().client("dynamodbstreams", **_options()))
    except BotoCoreError as error:
        raise away(error) from error


def forget_clients() -> None:
    """Make both clients anew when they are needed next."""
    dynamodb.cache_clear()
    streams.cache_clear()


def table(name: str) -> str:
    """The full name of the table `events` or `counters`."""
    return f"{settings.DYNAMODB['prefix']}{name}"


def is_embedded() -> bool:
    """Whether the log is none of Amazon's own: DynamoDB Local, or what else stands in for it."""
    host = urlsplit(settings.DYNAMODB["endpoint"] or "").hostname or ""
    return bool(host) and not host.endswith(AMAZONS)


def _prepared[C](client: C) -> C:
    """A client that is told of, of which no send waits longer for its answer than whoever asks has time left, and that
    is forgotten when its credentials are not taken: the next one looks for them where the operator has put new ones."""
    events = observed(watched(client)).meta.events  # type: ignore[attr-defined]  # every client has it
    made_at = time.monotonic()

    def renew(*, parsed: dict[str, Any] | None = None, exception: Exception | None = None, **_: Any) -> None:
        name = type(exception).__name__ if exception else (parsed or {}).get("Error", {}).get("Code", "")
        if is_about_credentials(name) and time.monotonic() - made_at > RENEW_INTERVAL:
            forget_clients()

    events.register("before-call", _limit)
    events.register("after-call", renew)
    events.register("after-call-error", renew)
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
