"""What an error while showing facts says: it passes, a tenant is not ready, or the facts themselves are at fault."""

from django.db import Error, InterfaceError, OperationalError

from cqrs.domain import Unavailable
from cqrs.projector.show import NotReady


class Fenced(Exception):
    """The lease was lost meanwhile: another worker follows this shard now."""


PASSING = ("08", "25P03", "40", "53", "57", "58", "XX")
"""SQLSTATEs and classes of them (PostgreSQL's appendix A) that say nothing of the facts: connection, a transaction that
stood still, rollback of a deadlock, no room, shut down, system and internal errors."""

NOT_READY = {"42P01", "42703", "3F000", "55P03"}
"""A table, a column or the schema is not there (yet); or it is locked."""


def is_passing(error: Exception) -> bool:
    """Whether it says nothing of the facts: the very same may go through in a moment, here or elsewhere."""
    if isinstance(error, Fenced | Unavailable | InterfaceError):
        return True
    state = _state(error)
    return state.startswith(PASSING) if state else isinstance(error, OperationalError)


def is_not_ready(error: Exception) -> bool:
    """Whether the tenant's schema is locked, or lacks what this release expects."""
    return isinstance(error, NotReady) or _state(error) in NOT_READY


def told(error: Exception) -> str:
    """The error in one line, as it is shown to staff."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:1000]


def _state(error: Exception) -> str:
    """The SQLSTATE of an error of Postgres; empty where there is none."""
    return getattr(error.__cause__, "sqlstate", None) or "" if isinstance(error, Error) else ""
