"""That this process was asked to end: what would go on for long, a live stream of events, ends by itself then."""

import threading
from collections.abc import Callable

_begun = threading.Event()
_wakers: list[Callable[[], None]] = []


def begin_shutdown() -> None:
    """From now on nothing new is waited for; whoever waits is woken. Safe to repeat."""
    _begun.set()
    for wake in _wakers:
        wake()


def is_shutting_down() -> bool:
    """Whether this process was asked to end."""
    return _begun.is_set()


def on_shutdown(wake: Callable[[], None]) -> None:
    """Have `wake` called when it is, from another thread: it must not wait."""
    _wakers.append(wake)
