"""Whose turn it is: within this process first come, first served, and between processes who asks again when."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from cqrs.deadlines import time_left
from cqrs.domain import Busy

TURN_WITHIN = 5.0
"""Seconds after which nobody waits any longer."""

TRY_WITHIN = 5.0
"""Seconds in which a command that states no version may lose to others and ask again."""


class _Queue:
    """Where a plain lock would let the quickest in again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    def enter(self) -> None:
        me = object()
        with self._changed:
            self._waiting.append(me)
            if not self._changed.wait_for(lambda: self._waiting[0] is me, time_left(TURN_WITHIN)):
                self._waiting.remove(me)
                raise Busy

    def leave(self) -> None:
        with self._changed:
            self._waiting.popleft()
            self._changed.notify_all()


_queues: dict[Hashable, _Queue] = {}


@contextmanager
def turn(name: Hashable) -> Iterator[None]:
    """One at a time within this process, for this name. Busy."""
    queue = _queues.setdefault(name, _Queue())
    queue.enter()
    try:
        yield
    finally:
        queue.leave()


def attempts() -> Iterator[int]:
    """1, 2, 3 … for as long as a command may try. Every other time it tries again at once: it has just heard how things
    stand. Else after a jittered pause that grows, but never beyond a tenth of the time left: who has waited long asks
    more often than who has just come."""
    deadline, attempt = time.monotonic() + time_left(TRY_WITHIN), 1
    while True:
        yield attempt
        if (left := deadline - time.monotonic()) < 0:
            return
        if attempt % 2 == 0:
            time.sleep(min(left / 10, 0.002 * 2**attempt) * secrets.randbelow(1000) / 1000)
        attempt += 1
