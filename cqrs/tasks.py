"""The worker's side: following, on a doorbell's ring and, whatever the broker does, once a second."""

import threading
import time
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from cqrs.messages import Line, Message
from cqrs.queues import Queue
from cqrs.reactions.reactor import Reactor
from cqrs.sign_of_life import give_sign
from cqrs.stream.child import Order
from cqrs.stream.engine import Engine
from cqrs.telemetry import rang
from cqrs.tenant_tasks import CommonTask

EVERY = 1.0
"""Seconds between two looks of a worker's own: the guarantee that does not need the broker."""

QUIET = 0.05
"""Seconds a process waits between two rings; one held back goes out when they are over."""

_log = structlog.get_logger(__name__)
_rung = threading.Event()
_stopping = threading.Event()
_bell = threading.Lock()
_line = Line(confirm_publish=False)  # a ring that is lost costs a second; to wait for its confirmation costs more
_engines: list[Engine] = []
_reactors: list[Reactor] = []


@shared_task(
    name="cqrs.follow",
    ignore_result=True,
    acks_late=False,  # one that is lost is followed by a look
    base=CommonTask,
    kind=Queue.SHORT,
    without_tenant="a ring is about the stream, all tenants'",
)
def follow_stream() -> None:
    """A slice, because somebody wrote. Lost or doubled, nothing is lost or doubled."""
    for engine in _engines:
        engine.order(Order.RING)


def ring() -> None:
    """Tell the workers that something was written: at once, fire and forget, whether or not the broker lives."""
    _rung.set()
    with _bell:
        if not any(thread.name == "doorbell" for thread in threading.enumerate()):
            threading.Thread(target=_ring_out, name="doorbell", daemon=True).start()


def _ring_out() -> None:
    while _rung.wait():
        _rung.clear()
        try:
            _line.send(Message(follow_stream.name, {}, time.monotonic() + EVERY))
            rang(heard=True)
        except Exception as error:  # whatever a transport raises: the workers look by themselves
            _log.info("doorbell unheard", error=repr(error))
            rang(heard=False)
        _stopping.wait(QUIET)


def is_following(worker: Any) -> bool:
    """Whether a worker, as Celery's signals send it, serves the queue of short tasks, and so follows the log."""
    return str(Queue.SHORT) in worker.app.amqp.queues.consume_from


@worker_init.connect
def _start(sender: Any, **_: Any) -> None:
    """A worker that serves other queues only leaves the log to others."""
    if not is_following(sender):
        return
    reactor = Reactor(ring=ring)
    reactor.start()
    _reactors.append(reactor)
    engine = Engine(shown=reactor.wake)
    _engines.append(engine)
    threading.Thread(target=_look, args=(engine,), name="look", daemon=True).start()


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    _stopping.set()
    for reactor in _reactors:
        reactor.stop()
    for engine in _engines:
        engine.stop()


def _look(engine: Engine) -> None:
    while not _stopping.wait(EVERY):
        give_sign()  # this very loop lives; the order asks no store
        engine.order(Order.LOOK)
