"""Whether what a request needs is there: stores, broker, a worker, and rows that keep up. Bounded in time."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import structlog
from django.db import connection

from config.celery import app
from config.lag import breaker_tripped, briefly, lag_seconds, not_shown, worker_seen_seconds
from config.songs import last_song
from cqrs.dynamodb.tables import missing_table

WITHIN = 2.0
"""Seconds after which a check that has not answered counts as failed."""

WORKER_SEEN = 10.0
LAG_MOST = 10.0

_log = structlog.get_logger(__name__)
_threads = ThreadPoolExecutor(max_workers=10, thread_name_prefix="health")


class Unwell(Exception):
    """A part answers, and says that it is not well."""


type Figures = Mapping[str, float | None]
"""What a part says of itself; None is not known."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one part; `reason` is empty where it is well, `figures` are what it told."""

    reason: str = ""
    figures: Figures = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """`{"ok": true, …its figures}`, or `{"ok": false, "reason": …}`."""
        return {"ok": False, "reason": self.reason} if self.reason else {"ok": True, **self.figures}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found of all parts."""

    checks: Mapping[str, Check]

    @property
    def is_ready(self) -> bool:
        return not any(check.reason for check in self.checks.values())

    def as_json(self) -> dict[str, object]:
        """The body of `/readyz`."""
        checks = {name: check.as_json() for name, check in self.checks.items()}
        return {"status": "ready" if self.is_ready else "not ready", "checks": checks}


def readiness() -> Readiness:
    """Ask every part at once, and wait for none of them longer than WITHIN. Never raises."""
    asked = {name: _threads.submit(check) for name, check in CHECKS.items()}
    wait(asked.values(), timeout=WITHIN)
    return Readiness({name: _found(name, answer) for name, answer in asked.items()})


def _found(name: str, answer: "Future[Figures | None]") -> Check:
    if not answer.done():
        answer.cancel()
        return Check("no answer in time")
    error = answer.exception()
    if error is None:
        return Check(figures=answer.result() or {})
    _log.info("not ready", part=name, error=repr(error))
    return Check(str(error) if isinstance(error, Unwell) else type(error).__name__)


def _postgres() -> None:
    with briefly(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")


def _dynamodb() -> None:
    if missing := missing_table():
        raise Unwell(f"no table {missing}")


def _broker() -> None:
    with app.connection_for_write(connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)


def _worker() -> None:
    with briefly():
        seconds = worker_seen_seconds()
    if seconds > WORKER_SEEN:
        raise Unwell(f"none seen within {WORKER_SEEN:g} s")


def _projections() -> Figures:
    """Rows that keep up. What is parked is told, and no reason to send people elsewhere: all others are shown. So is
    the canary: where it is silent, another check says why."""
    with briefly():
        seconds, counts, tripped, song = lag_seconds(), not_shown(), breaker_tripped(), last_song()
    if tripped:
        raise Unwell("the breaker is open: too many entities could not be shown")
    if seconds > LAG_MOST:
        raise Unwell(f"{seconds:.0f} s behind")
    heard = {"canary_lag_seconds": song.lag_seconds, "canary_age_seconds": round(song.age_seconds, 1)} if song else {}
    return {"lag_seconds": round(seconds, 3), **counts, **heard}


CHECKS: Mapping[str, Callable[[], Figures | None]] = {
    "postgres": _postgres,
    "dynamodb": _dynamodb,
    "broker": _broker,
    "worker": _worker,
    "projections": _projections,
}
