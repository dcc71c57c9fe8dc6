"""The backend: a pool's connection is waited for no longer than the request has time."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from cqrs.deadlines import time_left

POOL_TIMEOUT = 5.0
"""Seconds that a statement waits for one of the pool's connections at most."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection for one thread, borrowed from the process's pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One of the pool's. psycopg_pool.PoolTimeout, an OperationalError, where none comes back in time."""
        if self.pool is None:  # Django's look at the server itself, as when a test's database is made
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        self.pool.open()
        return self.pool.getconn(timeout=time_left(POOL_TIMEOUT))
