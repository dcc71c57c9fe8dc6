"""The process that follows: a child of the worker, so that facts which kill it kill nothing else.

It is told by its parent when to look, and tells it when something was shown. It ends with its parent, after the slice
it is in.
"""

import signal
from datetime import timedelta
from enum import StrEnum
from multiprocessing.connection import Connection

import structlog

from cqrs.sign_of_life import keep_giving_signs
from cqrs.stream.slices import follow, look_after_held

REST = timedelta(seconds=0.9)
"""A shard looked at within this time is left alone by a look of our own."""

_log = structlog.get_logger(__name__)


class Order(StrEnum):
    """What the parent asks for."""

    RING = "ring"
    """Somebody has written."""
    LOOK = "look"
    """A second has passed."""


SHOWN = "shown"
"""What the parent is told when journals have grown."""


def main(parent: Connection) -> None:
    """Work until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends
    keep_giving_signs()
    while order := _next(parent):
        try:
            if _done(order):
                parent.send(SHOWN)
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception:
            _log.exception("slice failed, looking again")


def _next(parent: Connection) -> Order | None:
    """The next order, the most urgent of those that wait; None when the parent is gone."""
    try:
        orders = [parent.recv()]
        while parent.poll():
            orders.append(parent.recv())
    except (EOFError, ConnectionResetError):
        return None
    return Order.RING if Order.RING in orders else Order.LOOK


def _done(order: Order) -> int:
    if order is Order.RING:
        return follow(looks=3)
    return follow(idle_for=REST) + look_after_held()
