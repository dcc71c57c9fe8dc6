"""A connection that nobody waits for longer than their request has time.

A frozen server still acknowledges what the kernel receives for it: no statement timeout, no TCP timeout ends the wait.
So the client's own wait ends.
"""

import math
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import OperationalError

from cqrs.deadlines import time_left

WAKE_INTERVAL = 0.1
"""Seconds after which a wait looks whether it was interrupted; psycopg's own."""


class NoAnswer(OperationalError):
    """PostgreSQL did not answer within the time that the request had."""


class BoundedConnection(psycopg.Connection[Any]):
    """Closes itself when its server does not answer in time. It is neither cancelled nor rolled back: both would wait
    for the same server, which ends the session itself once it sees that nobody is there."""

    def wait[T](self, gen: PQGen[T], interval: float = WAKE_INTERVAL, timeout: float | None = None) -> T:
        """See psycopg; NoAnswer when the request's time is over. A wait that names its own timeout keeps it."""
        if timeout is not None or (left := time_left(math.inf)) == math.inf:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, left)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise NoAnswer("PostgreSQL did not answer in time") from error
