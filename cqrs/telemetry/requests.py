"""What is told of requests to DynamoDB: each send, by its operation and what came of it."""

import time
from typing import Any

from cqrs.telemetry.metrics import STORE_ERRORS, STORE_REQUESTS, STORE_SECONDS
from cqrs.telemetry.tracing import past

_BEGUN = "tenfold_begun"


def watched[C](client: C) -> C:
    """A boto3 client whose requests are told of, by botocore's own events."""
    events = client.meta.events  # type: ignore[attr-defined]  # every client has it, no type says so
    events.register("before-call", _begin)
    events.register("after-call", _answered)
    events.register("after-call-error", _failed)
    return client


def store_failed(*, kind: str, code: str) -> None:
    """A send to DynamoDB had no answer to what was asked, but this error, of a kind of `cqrs.dynamodb.errors`."""
    STORE_ERRORS.labels(kind, code).inc()


def _begin(context: dict[str, Any], **_: Any) -> None:
    context[_BEGUN] = time.perf_counter()


def _answered(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    _tell(parsed.get("Error", {}).get("Code", "ok"), context, model.name)


def _failed(exception: Exception, context: dict[str, Any], event_name: str, **_: Any) -> None:
    _tell(type(exception).__name__, context, event_name.rpartition(".")[2])


def _tell(outcome: str, context: dict[str, Any], operation: str) -> None:
    now = time.perf_counter()
    seconds = now - context.get(_BEGUN, now)  # it was not sent at all where another handler answered
    STORE_REQUESTS.labels(operation, outcome).inc()
    STORE_SECONDS.labels(operation).observe(seconds)
    past(f"dynamodb {operation}", seconds=seconds, outcome=outcome)
