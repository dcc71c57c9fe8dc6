"""Time limits of tasks. Celery's thread pool knows none, and no thread can be ended from outside: what does not end in
time ends the worker, whose supervisor starts another. A message that was being worked on is delivered again."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from cqrs.queues import SLICE

LOOK_INTERVAL = 1.0
"""Seconds between two looks at what runs."""

EXIT_CODE = 70
"""Of a worker that a task's time limit has ended: `EX_SOFTWARE` of sysexits.h."""

_log = structlog.get_logger(__name__)
_started: ContextVar[float | None] = ContextVar("task_started", default=None)


@dataclass(frozen=True, slots=True)
class Run:
    """A task while it runs; `ends` is an instant of the monotonic clock."""

    task: str
    ends: float


class Watch:
    """Looks at what runs in this process. `end` is called, once, when something has run for too long."""

    def __init__(self, *, end: Callable[[], None], interval: float = LOOK_INTERVAL) -> None:
        self._end, self._interval = end, interval
        self._runs: dict[int, Run] = {}
        self._lock, self._thread = threading.Lock(), threading.Thread()

    @contextmanager
    def limit(self, task: str, *, seconds: float) -> Iterator[None]:
        """Within the block this thread runs a task that may take so long."""
        now, thread = time.monotonic(), threading.get_ident()
        with self._lock:
            outer = self._runs.get(thread)
            self._runs[thread] = Run(task, now + seconds)
            self._start()
        token = _started.set(now)
        try:
            yield
        finally:
            _started.reset(token)
            with self._lock:
                if outer:
                    self._runs[thread] = outer
                else:
                    del self._runs[thread]

    def _start(self) -> None:
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="time-limits", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while True:
            time.sleep(self._interval)
            now = time.monotonic()
            with self._lock:
                late = [(thread, run) for thread, run in self._runs.items() if run.ends < now]
            if late:
                for thread, run in late:
                    _log.critical("task takes too long, the worker ends", task=run.task, stack=_stack(thread))
                self._end()
                return


def has_time(*, seconds: float = SLICE) -> bool:
    """Whether the task that runs here has begun less than so many seconds ago; true where no task runs."""
    started = _started.get()
    return started is None or time.monotonic() - started < seconds


def _stack(thread: int) -> str:
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else ""


def _exit() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_CODE)  # an orderly end would wait for the very thread that does not end


WATCH = Watch(end=_exit)
"""Of this process."""
