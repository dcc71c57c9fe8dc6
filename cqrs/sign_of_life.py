"""Signs of life for whoever supervises a process: it touches a file once a second, which needs no store.

A supervisor names a folder in the environment variable SIGNS; each process that works there has a file of its own, by
its process id. Without the variable nothing is done.
"""

import os
import threading
import time
from pathlib import Path

import structlog

SIGNS = "TENFOLD_SIGNS"
"""Environment variable: the folder."""

SIGN_INTERVAL = 1.0
"""Seconds between two signs."""

_log = structlog.get_logger(__name__)


def give_sign() -> None:
    """This process works at this moment."""
    if folder := os.environ.get(SIGNS):
        try:
            Path(folder, str(os.getpid())).touch()
        except OSError as error:  # no reason to stop working; the supervisor will draw its own conclusion
            _log.warning("no sign of life can be given", error=str(error))


def keep_giving_signs() -> None:
    """A sign each second from a daemon thread: it says that the interpreter runs, whatever all other threads wait
    for."""
    if os.environ.get(SIGNS):
        threading.Thread(target=_give_signs, name="sign-of-life", daemon=True).start()


def _give_signs() -> None:
    while True:
        give_sign()
        time.sleep(SIGN_INTERVAL)
