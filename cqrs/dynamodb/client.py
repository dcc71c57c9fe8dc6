"""One client per process, its limits, and which of its errors mean what."""

import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from cqrs.domain import Busy, Unavailable
from cqrs.dynamodb.parser import session
from cqrs.telemetry import watched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

CONNECT_WITHIN, ANSWER_WITHIN = 0.5, 1.5
"""Seconds that one send may take to connect, and then to be answered."""

DECIDE_WITHIN = 4.5
"""Seconds within which a request is decided, or given up: without an answer it is sent again, unchanged, for as long as
a whole send still fits."""

UNDONE = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionCanceledException",
        "TransactionConflictException",
    }
)
"""Errors after which this send has changed nothing, and the very same request may still succeed."""

UNKNOWN = frozenset({"InternalFailure", "InternalServerError", "ServiceUnavailable", "TransactionInProgressException"})
"""Errors after which the very same request may still succeed, or has."""


@cache
def dynamodb() -> "DynamoDBClient":
    """The client of the tables."""
    return watched(_session().client("dynamodb", **_options()))


@cache
def streams() -> "DynamoDBStreamsClient":
    """The client of the tables' streams."""
    return watched(_session().client("dynamodbstreams", **_options()))


def table(name: str) -> str:
    """The full name of the table `events` or `counters`."""
    return f"{settings.DYNAMODB['prefix']}{name}"


def until_decided[T](request: Callable[[], T], *, within: float | None = None) -> T:
    """Send a request until it is decided. When that takes too long (DECIDE_WITHIN, unless it says): Busy where every
    answer said that nothing had happened, else Unavailable.

    The bytes never change between sends, so that a resent write is either refused by its own condition or recognised
    by its token.
    """
    deadline, pause, undone = time.monotonic() + (within or DECIDE_WITHIN), 0.01, True
    while True:
        try:
            return request()
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and not is_undecided(error):
                raise
            undone &= isinstance(error, ClientError) and error.response["Error"]["Code"] in UNDONE
            if time.monotonic() + CONNECT_WITHIN + ANSWER_WITHIN > deadline:
                raise Busy if undone else Unavailable from error
        time.sleep(pause * (0.5 + secrets.randbelow(1000) / 1000))
        pause = min(pause * 2, 0.5)


def is_undecided(error: ClientError) -> bool:
    """Whether sending the same bytes again can still succeed. A cancelled transaction is decided when one of its
    conditions failed; a mere conflict is not."""
    code = error.response["Error"]["Code"]
    if code != "TransactionCanceledException":
        return code in UNDONE | UNKNOWN
    reasons = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])}
    return not reasons & {"ConditionalCheckFailed", "ValidationError"}


def _session() -> boto3.Session:
    return boto3.Session(botocore_session=session())


def _options() -> dict[str, Any]:
    there = settings.DYNAMODB
    local = {"aws_access_key_id": there["access_key"], "aws_secret_access_key": "local"} if there["endpoint"] else {}
    return local | {
        "endpoint_url": there["endpoint"],
        "region_name": there["region"],
        "config": Config(
            connect_timeout=CONNECT_WITHIN,
            read_timeout=ANSWER_WITHIN,
            retries={"mode": "standard", "total_max_attempts": 1},  # until_decided must see what became of each send
            max_pool_connections=128,
            parameter_validation=False,
            user_agent="tenfold",
        ),
    }
