"""Waiting for stores that are still starting, for a bounded time; what no waiting mends is told at once."""

import time

import psycopg

from config.pooling import connect
from config.stack.failures import CannotStart
from cqrs.domain import Busy, Unavailable
from cqrs.dynamodb.tables import until_answers

POLL = 0.5
PASSING = ("starting up", "shutting down", "too many clients", "remaining connection slots")
"""Refusals of PostgreSQL that are over after a while; others stay: a password, a missing database."""


def wait_for_postgres(*, seconds: float) -> str:
    """Return PostgreSQL's version once it answers. CannotStart."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with connect() as found:
                return str(found.info.parameter_status("server_version"))
        except psycopg.OperationalError as error:
            if not _passes(str(error)) or time.monotonic() > deadline:
                reason = str(error).strip().splitlines()[0]
                raise CannotStart(f"PostgreSQL: {reason}", mend="see DATABASE_URL") from error
        time.sleep(POLL)


def wait_for_log(*, seconds: float) -> str:
    """Return once DynamoDB answers. CannotStart."""
    try:
        until_answers(seconds=seconds)
    except (Unavailable, Busy) as error:
        reason = error.__cause__ or error
        raise CannotStart(f"DynamoDB: {reason}", mend="see DYNAMODB_ENDPOINT, and the credentials") from error
    return ""


def _passes(text: str) -> bool:
    return "FATAL" not in text or any(each in text for each in PASSING)
