"""Each process of ours says every few seconds that it is there, and compares its clock with the stores': so `/statusz`
knows of workers and beat without asking them, and of a process that may not write."""

import os
import secrets
import socket
import time
from threading import Thread

import structlog
from django.db import DatabaseError, InterfaceError, connection

from config.lag import briefly
from config.models import ProcessSeen
from cqrs import clocks
from cqrs.dynamodb.probe import LogProbeFailed, read_probe

SIGN_INTERVAL = 5.0
"""Seconds between two signs of a process."""

CLOCK_INTERVAL = 60.0
"""Seconds between two looks at the stores' clocks; a process whose clock is wrong looks with every sign."""

KEPT = "1 hour"
"""How long it is known of a process that it was there."""

_log = structlog.get_logger(__name__)


def keep_presence(kind: ProcessSeen.Kind) -> None:
    """Begin: a daemon thread, until this process ends."""
    Thread(target=_sign_on, args=(Presence(kind),), name="presence", daemon=True).start()


class Presence:
    """One process's own."""

    def __init__(self, kind: ProcessSeen.Kind) -> None:
        self._kind = kind
        self._name = f"{kind}:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._measured_at = float("-inf")

    def sign(self) -> None:
        """Look at the clocks where it is time to, and say that this process is there. DatabaseError."""
        if clocks.skew() or time.monotonic() - self._measured_at >= CLOCK_INTERVAL:
            _ask_postgres()
            if _ask_log():
                self._measured_at = time.monotonic()
        with briefly():
            _write(self._name, self._kind, clocks.skew())


def _sign_on(presence: Presence) -> None:
    while True:
        try:
            presence.sign()
        except (DatabaseError, InterfaceError) as error:
            _log.info("presence cannot be told", error=repr(error))  # Postgres is away, which others tell of
        except Exception:
            _log.exception("presence cannot be told, trying again")
        time.sleep(SIGN_INTERVAL)


def _ask_log() -> bool:
    """Whether it answered. The `Date` of its answer is noted as that of every other."""
    try:
        read_probe()
    except LogProbeFailed as failed:
        _log.info("the log does not tell the time", error=str(failed))
        return False
    return True


def _ask_postgres() -> None:
    with briefly(), connection.cursor() as cursor:
        sent_at, begun = time.time(), time.perf_counter()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        [remote_at] = cursor.fetchone()
        took = time.perf_counter() - begun
    clocks.note(clocks.POSTGRES, clocks.measure(sent_at=sent_at, took=took, remote_at=remote_at))


def _write(name: str, kind: str, trouble: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.process_seen (name, kind, trouble) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET seen_at = now(), trouble = excluded.trouble",
            [name, kind, trouble],
        )
        cursor.execute("DELETE FROM public.process_seen WHERE seen_at < now() - %s::interval", [KEPT])
