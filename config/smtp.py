"""SMTP with a time limit for a whole mail: a server that is silent, or says a byte now and then, holds nobody up."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

DEADLINE = 30.0
"""Seconds from the connection to the last answer; a single answer has the `timeout` of config/mail.py."""


class _Limited(smtplib.SMTP):
    """Its connection is cut when the time is over: whoever waits for an answer gets an OSError or an SMTPException."""

    deadline = DEADLINE

    def __init__(self, *args: Any, **options: Any) -> None:
        self._watch = threading.Timer(self.deadline, self._cut)
        self._watch.daemon = True
        self._watch.start()
        try:
            super().__init__(*args, **options)
        except BaseException:
            self._watch.cancel()
            raise

    def close(self) -> None:
        """Close it, in whatever state it is."""
        self._watch.cancel()
        super().close()

    def _cut(self) -> None:
        sock: socket.socket | None = getattr(self, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _LimitedTls(_Limited, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


class LimitedBackend(EmailBackend):
    """Django's SMTP, with that limit."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What speaks to the server."""
        return _LimitedTls if self.use_ssl else _Limited
