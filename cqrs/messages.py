"""Messages to workers, sent by a thread of its own: whoever asks a worker for something waits for no broker, nor does
it have to live.

So what is asked for must stand somewhere else as well, a row that the clock's tasks find: a message only makes it
quick. Celery's own `delay` and `apply_async` wait for the broker; a test finds whoever calls them. A little past the
usual length: the queue, its thread and its connection are read together.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu import Connection

from cqrs.telemetry import message_handled

MAX_WAITING = 1000
"""Messages that wait in a process; with one more the oldest is given up."""

CONFIRM_TIMEOUT = 5.0
"""Seconds within which a broker says that it has a message (RabbitMQ's publisher confirms)."""

RETRY_DELAY = 1.0
"""Seconds between two tries where the broker is away."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A task's name and what it is called with; `ends` is the instant after which nobody needs it."""

    task: str
    arguments: dict[str, Any]
    ends: float

    @property
    def seconds(self) -> float:
        """For how long it still is of use."""
        return self.ends - time.monotonic()


type Send = Callable[[Message], None]
"""Gives a message to the broker; raises where that does not take it in time."""


class Outbox:
    """Sends in the order in which it was asked, from one thread, which starts with the first message."""

    def __init__(self, send: Send, *, size: int = MAX_WAITING, pause: float = RETRY_DELAY) -> None:
        self._send, self._size, self._pause = send, size, pause
        self._waiting: deque[Message] = deque()
        self._changed, self._thread = threading.Condition(), threading.Thread()

    def put(self, message: Message) -> None:
        """Have it sent. Returns at once."""
        with self._changed:
            if len(self._waiting) == self._size:
                self._give_up(self._waiting.popleft(), "too many wait")
            self._waiting.append(message)
            self._changed.notify()
            if not self._thread.is_alive():  # also in a child of the process that had begun
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                message = self._waiting.popleft()
            self._deliver(message)

    def _deliver(self, message: Message) -> None:
        why = "it waited too long"
        while message.seconds > 0:
            try:
                self._send(message)
            except Exception as error:  # whatever a transport raises: the thread goes on, and the clock asks again
                why = repr(error)
                time.sleep(min(self._pause, max(0.0, message.seconds)))
            else:
                message_handled(sent=True)
                return
        self._give_up(message, why)

    def _give_up(self, message: Message, why: str) -> None:
        message_handled(sent=False)
        _log.warning("message given up, its row is found by the clock", task=message.task, why=why)


class Line:
    """A connection to the broker of one thread's own. One that has failed is thrown away, for a confirmation that comes
    late would be taken for that of the next message."""

    def __init__(self, **transport: Any) -> None:
        """`transport` are options of the transport besides those of the settings."""
        self._transport = transport
        self._connection: Connection | None = None

    def send(self, message: Message) -> None:
        """Send it, within a time limit. Raises whatever the transport does."""
        task = current_app.tasks.get(message.task) or _registered(message.task)
        options: dict[str, Any] = {"expires": max(0.001, message.seconds), "retry": False}
        options |= {"confirm_timeout": CONFIRM_TIMEOUT, "timeout": CONFIRM_TIMEOUT}
        try:
            options["connection"] = self._open()
            task.apply_async(kwargs=message.arguments, **options)
        except BaseException:
            self._throw_away()
            raise

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = current_app.connection_for_write(transport_options=self._transport)
            try:
                self._connection.connect()
            except BaseException:
                self._throw_away()
                raise
        return self._connection

    def _throw_away(self) -> None:
        """Without a word to the broker, which may not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.collect()


OUTBOX = Outbox(Line().send)
"""Of this process."""


def send_on_commit(task: str, *, expires: float, **arguments: Any) -> None:
    """Have the task of this name run, once the transaction that is open has committed; not later than `expires` seconds
    from now, for then the clock asks for it."""
    transaction.on_commit(partial(send, task, expires=expires, **arguments))


def send(task: str, *, expires: float, **arguments: Any) -> None:
    """Have the task of this name run. As `send_on_commit`, but at once."""
    OUTBOX.put(Message(task, arguments, time.monotonic() + expires))


def _registered(name: str) -> Any:
    """A process that is no worker imports the modules of tasks with its first message. KeyError."""
    current_app.loader.import_default_modules()
    return current_app.tasks[name]
