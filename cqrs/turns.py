"""Turns within this process: first come, first served, where a plain lock would let the quickest in again."""

import threading
from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from cqrs.domain import Busy

TURN_WITHIN = 5.0
"""Seconds after which nobody waits any longer."""


class _Queue:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    def enter(self) -> None:
        me = object()
        with self._changed:
            self._waiting.append(me)
            if not self._changed.wait_for(lambda: self._waiting[0] is me, TURN_WITHIN):
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
