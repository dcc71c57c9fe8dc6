"""What is said to a web process byte by byte."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BytesIO
from typing import Any

import orjson

from config.stack.ports import LOOPBACK


@dataclass(frozen=True)
class Said:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Its JSON."""
        return orjson.loads(self.body)


def say(port: int, *pieces: bytes, timeout: float = 30.0, is_ended: bool = False) -> Said:
    """Send the pieces, each in a packet of its own, and read the answer. `is_ended`: nothing more is sent after."""
    with socket.create_connection((LOOPBACK, port), timeout) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            line.sendall(piece)
        if is_ended:
            line.shutdown(socket.SHUT_WR)
        return hear(line)


def hear(line: socket.socket) -> Said:
    """One answer, over any interim one."""
    answer = HTTPResponse(line)
    answer.begin()
    body = answer.read()
    return Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def head(method: str, path: str, host: str, **headers: str) -> bytes:
    """The lines before a body; `content_type="text/plain"` is the header Content-Type."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(body: bytes, *, size: int = 5, trailers: str = "") -> bytes:
    """A body in chunks of a size, as RFC 9112, 7.1 writes them."""
    text, stream = b"", BytesIO(body)
    while chunk := stream.read(size):
        text += b"%x\r\n%b\r\n" % (len(chunk), chunk)
    return text + b"0\r\n" + trailers.encode() + b"\r\n"


@contextmanager
def sent(port: int, head: str, headers: Mapping[str, str]) -> Iterator[socket.socket]:
    """A connection on which a request's head was sent, and nothing was read yet."""
    lines = [f"{head} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((LOOPBACK, port), timeout=30) as client:
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        yield client


def read_until(client: socket.socket, end: bytes) -> bytes:
    """What comes, up to and with `end`, or until the server closes."""
    found = b""
    while end not in found and (more := client.recv(65536)):
        found += more
    return found
