"""Hears from Postgres which tenant's journal grew, so that whoever shows it live need not keep asking."""

import threading
from collections import Counter
from functools import cache
from typing import Any

import psycopg
import structlog
from django.db import connection
from psycopg import sql

from cqrs.projector import CHANNEL
from face.shutdown import is_shutting_down, on_shutdown

RETRY = 1.0
"""Seconds until a lost connection is made again."""

_log = structlog.get_logger(__name__)


class Bell:
    """One thread and one connection a process, however many wait."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._rings: Counter[str] = Counter()
        self._deaf = 0  # how often listening began: what was rung before then may have been missed
        self._again = threading.Event()
        on_shutdown(self._wake)
        threading.Thread(target=self._listen, name="bell", daemon=True).start()

    def rings(self, tenant: str) -> int:
        """How often it has rung for a tenant. Take it before reading the journal, then `wait` for more."""
        with self._heard:
            return self._rings[tenant] + self._deaf

    def wait(self, tenant: str, *, above: int, timeout: float) -> bool:
        """Wait until it has rung more often than `above`, or this process is asked to end. False when neither came
        about within `timeout` seconds."""
        with self._heard:
            return self._heard.wait_for(lambda: self._rings[tenant] + self._deaf > above or is_shutting_down(), timeout)

    def _wake(self) -> None:
        with self._heard:
            self._heard.notify_all()

    def _listen(self) -> None:
        while True:
            try:
                self._hear()
            except psycopg.Error as error:
                _log.warning("bell lost, listening again", error=str(error))
                self._again.wait(RETRY)

    def _hear(self) -> None:
        own = ("context", "cursor_factory", "pool")  # Django's, of no meaning to psycopg
        wanted: dict[str, Any] = {k: v for k, v in connection.get_connection_params().items() if k not in own}
        with psycopg.connect(**wanted | {"autocommit": True, "keepalives_idle": 30}) as listening:
            listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            with self._heard:
                self._deaf += 1
                self._heard.notify_all()
            for notice in listening.notifies():
                with self._heard:
                    self._rings[notice.payload] += 1
                    self._heard.notify_all()


_making = threading.Lock()


def bell() -> Bell:
    """This process's bell."""
    with _making:
        return _bell()


@cache
def _bell() -> Bell:
    return Bell()
