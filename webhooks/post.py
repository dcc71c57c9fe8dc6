"""One request to an endpoint: to the very address that was looked at, without redirects, within a time and a size."""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import cast

from cqrs.domain import Refused
from webhooks.targets import Target, target_of

CONNECT, DEADLINE = 5.0, 15.0
"""Seconds to connect, and for all of it: a trickle of bytes does not hold a worker."""

ANSWER_MOST = 1024
"""Bytes of an answer that are read; nothing more of it is of any use."""


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
        return _posted(target_of(url), body, headers)
    except Refused as refused:
        return Outcome(error=refused.detail)
    except (OSError, HTTPException, UnicodeError) as error:
        return Outcome(error=f"{type(error).__name__}: {error}"[:500])


class _Pinned(HTTPConnection):
    """Connects to an address that is known already; the name is for the Host header and the certificate."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT)
        self.default_port = HTTPSConnection.default_port if target.is_secure else HTTPConnection.default_port
        self._target = target

    def connect(self) -> None:
        """Connect, and speak TLS where that is asked for."""
        self.sock = socket.create_connection((self._target.address, self._target.port), CONNECT)
        if self._target.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)


def _posted(target: Target, body: bytes, headers: Mapping[str, str]) -> Outcome:
    connection = _Pinned(target)
    watch = threading.Timer(DEADLINE, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        connection.sock.settimeout(DEADLINE)
        answer = connection.getresponse()
        answer.read(ANSWER_MOST)
        return Outcome(
            answer.status,
            "" if answer.status < 300 else answer.reason[:200],
            _wait(answer.headers.get("Retry-After", "")),
        )
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    sock = cast(socket.socket | None, connection.sock)
    if sock is not None:
        sock.shutdown(socket.SHUT_RDWR)


def _wait(text: str) -> int:
    return min(int(text), 24 * 3600) if text.isascii() and text.isdigit() and len(text) < 9 else 0
