"""One request to an endpoint: to the very addresses that were checked, without redirects, within a time and a size."""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from typing import cast

from django.utils import timezone

from cqrs.domain import Refused
from webhooks.answers import Answer, parse_retry_after, printable, read_answer
from webhooks.targets import Target, find_target

CONNECT, DEADLINE = 5.0, 15.0
"""Seconds to connect, and for all but finding the name: a trickle of bytes does not hold a worker."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the status, or why there is none. `wait` is what Retry-After asked for, in seconds."""

    status: int | None = None
    error: str = ""
    wait: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the endpoint has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants nothing more, ever."""
        return self.status == 410


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Post it. Whatever goes wrong is in the outcome."""
    try:
        answer = _posted(find_target(url), body, headers)
    except Refused as refused:
        return Outcome(error=refused.detail)
    except (OSError, HTTPException, UnicodeError) as error:
        return Outcome(error=printable(f"{type(error).__name__}: {error}")[:500])
    wait = parse_retry_after(answer.headers.get("Retry-After", ""), now=timezone.now())
    return Outcome(answer.status, "" if answer.status < 300 else answer.reason[:200], wait)


class _Pinned(HTTPConnection):
    """Connects to addresses that are known already; the name is for the Host header and the certificate."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT)
        self.default_port = HTTPSConnection.default_port if target.is_secure else HTTPConnection.default_port
        self._target = target

    def connect(self) -> None:
        """Connect to the first of them that listens, and speak TLS where that is asked for."""
        self.sock = self._connected()
        if self._target.is_secure:
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self._target.host)

    def _connected(self) -> socket.socket:
        until, *addresses = monotonic() + CONNECT, *self._target.addresses
        while True:
            address = addresses.pop(0)
            try:
                return socket.create_connection((address, self._target.port), max(until - monotonic(), 0.1))
            except OSError:
                if not addresses:
                    raise


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _posted(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = _Pinned(target)
    watch = threading.Timer(DEADLINE, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        with suppress(BrokenPipeError, ConnectionResetError):  # one that answers before it has read it all
            connection.request("POST", target.path, body, {**headers, "Connection": "close"})
        connection.sock.settimeout(DEADLINE)
        with connection.sock.makefile("rb") as stream:
            return read_answer(stream)
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    """End it under whoever waits for it. Not by the TLS socket's own way, which would go on in plain text."""
    sock = cast(socket.socket | None, connection.sock)
    if sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
