"""Alarms: what DynamoDB's errors say that somebody has to do something about, in the log and in the metrics."""

import threading
import time

import structlog

from cqrs.dynamodb.errors import Failure, Kind
from cqrs.telemetry import store_failed

REPEAT_INTERVAL = 30.0
"""Seconds in which one error is told once by a process, however often it comes."""

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_told: dict[str, tuple[float, int]] = {}


def count(failure: Failure) -> None:
    """One send failed so."""
    store_failed(kind=failure.kind, code=failure.name)


def alarm(failure: Failure, error: Exception) -> None:
    """Nobody was answered because of this: say it, and what to do, unless it was said just now."""
    now = time.monotonic()
    with _lock:
        told_at, times = _told.get(failure.name, (-REPEAT_INTERVAL, 0))
        is_due = now - told_at >= REPEAT_INTERVAL
        _told[failure.name] = (now, 0) if is_due else (told_at, times + 1)
    if is_due:
        event = "log unknown" if failure.kind is Kind.UNKNOWN else "log away"
        _log.error(event, code=failure.name, cure=failure.cure, error=str(error), not_told=times)
