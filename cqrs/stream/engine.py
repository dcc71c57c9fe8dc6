"""The parent of the process that follows: starts it, gives it orders, and starts another when it has died."""

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

import structlog
from django.db import connection

from cqrs.stream.child import Order, main
from cqrs.stream.shards import PostgresLeases
from cqrs.stream.slices import name_of
from cqrs.telemetry import follower_died

AGAIN = 0.05
"""Seconds between the death of a child and the next."""

ENDS_WITHIN = 5.0
"""Seconds a child gets to end its slice when the worker stops."""

_log = structlog.get_logger(__name__)
_processes = multiprocessing.get_context("forkserver")


class Engine:
    """One child at a time. `shown` is called, in a thread, whenever it has written journal lines."""

    def __init__(self, *, shown: Callable[[], None]) -> None:
        self._shown, self._stopping, self._orders = shown, threading.Event(), threading.Lock()
        _processes.set_forkserver_preload(["cqrs.stream.preload"])
        self._start()
        threading.Thread(target=self._watch, name="engine", daemon=True).start()

    def order(self, order: Order) -> None:
        """Ask the child for something. One that is just dying does not hear it; the next looks anyway."""
        with self._orders:
            try:
                self._pipe.send(order)
            except OSError:
                _log.info("order unheard", order=order)

    def stop(self) -> None:
        """End the child, after the slice it is in."""
        self._stopping.set()
        self._pipe.close()
        self._child.join(ENDS_WITHIN)
        self._child.kill()

    def _start(self) -> None:
        self._pipe, theirs = _processes.Pipe()
        self._child = _processes.Process(target=main, args=(theirs,), name="follower", daemon=True)
        self._child.start()
        theirs.close()  # so that the pipe ends with the child

    def _watch(self) -> None:
        while not self._stopping.is_set():
            if not self._listen(self._pipe) and not self._stopping.wait(AGAIN):
                self._replace()

    def _listen(self, pipe: Connection) -> bool:
        """Whether the child still lives after what it had to say."""
        try:
            pipe.recv()
        except (EOFError, OSError):
            return False
        self._shown()
        return True

    def _replace(self) -> None:
        """The dead child's leases are free at once: nobody has to wait until they run out."""
        self._child.join()
        _log.error("follower died", exit_code=self._child.exitcode)
        follower_died()
        try:
            PostgresLeases.bury(name_of(self._child.pid or 0))
        finally:
            connection.close()
        with self._orders:
            self._start()
        self.order(Order.RING)
