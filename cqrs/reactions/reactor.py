"""The part of a worker that reacts: one thread that looks and keeps leases alive, a few that handle."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.db import connection

from cqrs.reactions.leases import Lease, renew
from cqrs.reactions.registry import REACTIONS
from cqrs.reactions.slices import take, work

PLACES = 4
"""Handlers that a worker runs at once, of each kind: what an effect waits for in the world keeps no command waiting."""

EVERY = 1.0
"""Seconds between two looks that nobody asked for; leases are renewed as often."""

QUIET = 0.02
"""Seconds between two looks, however much is new."""

_log = structlog.get_logger(__name__)


class Places:
    """Threads for one kind of handlers, and the leases that they work on."""

    def __init__(self, *, effects: bool) -> None:
        self._effects = effects
        self.threads = ThreadPoolExecutor(PLACES, thread_name_prefix="effect" if effects else "react")
        self.held: dict[Future[int], Lease] = {}

    @property
    def handlers(self) -> list[str]:
        """The names of the handlers of this kind."""
        return [name for name, each in REACTIONS.items() if each.is_effect == self._effects]

    def forget_done(self) -> None:
        """Their places are free."""
        self.held = {future: lease for future, lease in self.held.items() if not future.done()}

    @property
    def are_taken(self) -> bool:
        """Whether no more can be worked on."""
        return len(self.held) >= PLACES


class Reactor:
    """`ring` is called after each command that a reaction sends."""

    def __init__(self, *, ring: Callable[[], None]) -> None:
        self._ring, self._news, self._stopping = ring, threading.Event(), threading.Event()
        self._places = [Places(effects=False), Places(effects=True)]

    def start(self) -> None:
        """Look from now on. Without handlers there is nothing to look for."""
        if REACTIONS:
            threading.Thread(target=self._run, name="react", daemon=True).start()

    def wake(self) -> None:
        """Journals have grown."""
        self._news.set()

    def stop(self) -> None:
        """Begin nothing more; what is being handled is ended, and given back."""
        self._stopping.set()
        self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception:
                _log.exception("reactions not found, looking again")
            finally:
                connection.close()
            self._news.wait(EVERY)
            self._news.clear()
            self._stopping.wait(QUIET)

    def _look(self) -> None:
        for places in self._places:
            places.forget_done()
            renew(places.held.values())
        for places in self._places:
            self._fill(places)

    def _fill(self, places: Places) -> None:
        if places.are_taken:
            return
        for lease in take(places.handlers):
            self._hold(lease, places)
            if places.are_taken:
                return

    def _hold(self, lease: Lease, places: Places) -> None:
        future = places.threads.submit(work, lease, ring=self._ring, goes_on=lambda: not self._stopping.is_set())
        places.held[future] = lease
        future.add_done_callback(self._done)

    def _done(self, future: "Future[int]") -> None:
        """There is a place again."""
        if error := future.exception():
            _log.error("reaction's cursor lost, it is free again soon", exc_info=error)
        self._news.set()
