"""Asking a worker for something soon. Nobody waits for the broker, nor does it have to live: what is asked for here,
the clock asks for as well."""

import threading

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

EXPIRES = 15.0
"""Seconds after which it is not worth hearing any more."""

_log = structlog.get_logger(__name__)


def soon(task: str, *args: object) -> None:
    """Have the task of this name run, once the transaction that is open has committed."""
    transaction.on_commit(lambda: threading.Thread(target=_ask, args=(task, args), name=task, daemon=True).start())


def _ask(task: str, args: tuple[object, ...]) -> None:
    try:
        current_app.send_task(task, args=args, expires=EXPIRES, retry=False)
    except (OSError, OperationalError) as error:
        _log.info("unheard", task=task, error=str(error))
