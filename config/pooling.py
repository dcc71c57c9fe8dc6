"""A pooler between us and Postgres: whether it lends one session to several clients at once.

A tenant's schema is chosen by the session's search path (django-tenants sets it before each statement, in a statement
of its own). A pooler in transaction mode may answer the two from two sessions: then it is another tenant's.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg
from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, connection

LOOKS = 20
"""Turns that the two clients take; a pooler that shares gives both the same session in nearly every one."""


def shares_sessions(connect: Callable[[], psycopg.Connection[Any]]) -> bool:
    """Whether two clients, both connected, ever meet the same session of Postgres."""
    with ExitStack() as open_:
        clients = [open_.enter_context(connect()) for _ in range(2)]
        for client in clients:
            client.autocommit = True
        return any(len({_session(client) for client in clients}) == 1 for _ in range(LOOKS))


@register("tenfold", Tags.database)
def no_session_is_shared(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """E006: a pooler in transaction or statement mode. Asked with `--database default`, and by whoever migrates."""
    if "default" not in (databases or ()):
        return []
    try:
        found = shares_sessions(connect)
    except (psycopg.OperationalError, OperationalError):
        return []  # it is away: nobody is served either
    hint = "give the pooler pool_mode = session, or none: each process has a pool of its own (TENFOLD_DATABASE_POOL)"
    said = "DATABASE_URL leads to a pooler that shares sessions: one tenant would be answered in another's schema."
    return [Error(said, hint=hint, id="tenfold.E006")] if found else []


def connect() -> psycopg.Connection[Any]:
    """A connection of its own to Django's database: out of no pool, and with nothing set. psycopg.OperationalError."""
    own = ("context", "cursor_factory", "pool")  # Django's, of no meaning to psycopg
    wanted: dict[str, Any] = {k: v for k, v in connection.get_connection_params().items() if k not in own}
    return psycopg.connect(**wanted | {"connect_timeout": 5})


def _session(client: psycopg.Connection[Any]) -> object:
    return client.execute("SELECT pg_backend_pid()").fetchone()
