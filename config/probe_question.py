"""A question to a store that may hang: it keeps one thread, however often it is asked, and nobody waits for long."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from threading import Lock, Thread


class NoAnswer(Exception):
    """No answer came in time."""

    def __init__(self) -> None:
        super().__init__("no answer in time")


class Asked[T]:
    """One asking; all who come while it lasts share it."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self.answer: Future[T] = Future()

    def result(self, *, timeout: float) -> T:
        """The answer, or what was raised in its stead; NoAnswer `timeout` seconds after it was asked, which may be
        now."""
        left = self._begun + timeout - time.monotonic()
        if not wait_for([self.answer], timeout=max(0.0, left)).done:
            raise NoAnswer
        return self.answer.result()


class ProbeQuestion[T]:
    """Asked in a thread of its own, a daemon: one that hangs for ever keeps no process from ending."""

    def __init__(self, name: str, ask: Callable[[], T]) -> None:
        self._name, self._ask = name, ask
        self._lock = Lock()
        self._last: Asked[T] | None = None

    def start(self) -> Asked[T]:
        """Ask, unless that is under way."""
        with self._lock:
            if self._last is None or self._last.answer.done():
                self._last = Asked()
                Thread(target=self._answer, args=(self._last,), name=f"probe-{self._name}", daemon=True).start()
            return self._last

    def _answer(self, asked: Asked[T]) -> None:
        try:
            asked.answer.set_result(self._ask())
        except BaseException as error:  # whatever it is, it is told to those who wait
            asked.answer.set_exception(error)
