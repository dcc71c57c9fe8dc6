"""Hears from Postgres which tenant's journal grew, so that whoever shows it live need not keep asking."""

import threading
from collections import Counter
from functools import cache

import psycopg
import structlog
from django.db import connection
from psycopg import sql

from cqrs.projector import CHANNEL

RETRY = 1.0
"""Seconds until a lost connection is made again."""

_log = structlog.get_logger(__name__)


class Bell:
    """One thread and one connection a process, however many wait."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._rings: Counter[str] = Counter()
        self._again = threading.Event()
        threading.Thread(target=self._listen, name="bell", daemon=True).start()

    def rings(self, tenant: str) -> int:
        """How often it has rung for a tenant. Take it before reading the journal, then `wait` for more."""
        with self._heard:
            return self._rings[tenant]

    def wait(self, tenant: str, *, above: int, timeout: float) -> bool:
        """Wait until it has rung more often than `above`. False when it has not within `timeout` seconds."""
        with self._heard:
            return self._heard.wait_for(lambda: self._rings[tenant] > above, timeout)

    def _listen(self) -> None:
        while True:
            try:
                self._hear()
            except psycopg.Error as error:
                _log.warning("bell lost, listening again", error=str(error))
                self._again.wait(RETRY)

    def _hear(self) -> None:
        parameters = {**connection.get_connection_params(), "autocommit": True}
        wanted = ("host", "port", "dbname", "user", "password")
        with psycopg.connect(**{k: v for k, v in parameters.items() if k in wanted}, autocommit=True) as listening:
            listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            for notice in listening.notifies():
                with self._heard:
                    self._rings[notice.payload] += 1
                    self._heard.notify_all()


@cache
def bell() -> Bell:
    """This process's bell."""
    return Bell()
