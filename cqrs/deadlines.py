"""Until when somebody waits: a request has so many seconds in all, and every call it makes of a store inherits what is
left of them."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""The instant of `time.monotonic()` at which the work of this context is over."""

_call_limit = math.inf


@contextmanager
def begin(seconds: float) -> Iterator[None]:
    """Give what happens in the block so many seconds in all, or what is left of those that it has already."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def limit_calls(seconds: float) -> None:
    """Let a call outside any `begin` wait so long at most, in the whole process: a web process, whose streams and
    downloads go on after their request was answered."""
    global _call_limit  # noqa: PLW0603  # one process, one limit
    _call_limit = seconds


def time_left(longest: float) -> float:
    """Seconds that a call may take which would else take `longest`; 0 where the time is over."""
    end = _end.get()
    left = _call_limit if end == math.inf else max(0.0, end - time.monotonic())
    return min(longest, left)
