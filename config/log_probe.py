"""Whether this process can write the log: its own commands say so; where it had none lately, one put does."""

import time
from threading import Lock

from cqrs.dynamodb.probe import LogProbeFailed, write_probe
from cqrs.telemetry.last_write import seconds_since_write

MAX_AGE = 10.0
"""Seconds for which a write proves that the log can be written."""

PROBE_INTERVAL = 5.0
"""Seconds without a write after which one is tried, and between two such tries of a process."""


class LogProbe:
    """Knows when this process last tried."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tried_at = float("-inf")
        self._failure = ""

    def require_written(self) -> float:
        """Seconds since the last write. LogProbeFailed where that is longer ago than MAX_AGE."""
        if seconds_since_write() > PROBE_INTERVAL and self._may_try():
            self._try()
        if (seconds := seconds_since_write()) > MAX_AGE:
            raise LogProbeFailed(self._failure or "no write was tried")
        return seconds

    def _may_try(self) -> bool:
        with self._lock:
            is_due = time.monotonic() - self._tried_at >= PROBE_INTERVAL
            if is_due:
                self._tried_at = time.monotonic()
            return is_due

    def _try(self) -> None:
        try:
            write_probe()
        except LogProbeFailed as failed:
            self._failure = str(failed)
