"""How long the work under way may still take: a request says when it ends, and whatever waits on its behalf asks.

A deadline is an instant of the monotonic clock in a context variable: each thread and each task has its own, and a
thread that is handed work of a request is handed its context too (`contextvars.copy_context`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ENDS_AT: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def begin(seconds: float) -> Iterator[None]:
    """Within it, the work under way ends in `seconds` at the latest; sooner, where it is part of work that does."""
    ends_at = time.monotonic() + seconds
    outer = _ENDS_AT.get()
    token = _ENDS_AT.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        _ENDS_AT.reset(token)


def time_left(default: float) -> float:
    """Seconds until the work under way must have ended, 0 when that is past; `default` where nothing bounds it."""
    ends_at = _ENDS_AT.get()
    return default if ends_at is None else max(0.0, ends_at - time.monotonic())
