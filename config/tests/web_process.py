"""A real web process, started as the supervisor starts it, and a client that says what it sends byte by byte."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse

from django.conf import settings
from django.db import connection

from config.environment import environment
from config.stack.app import web
from config.stack.ports import LOOPBACK, free_port
from config.tests.visiting import make_url

START_TIMEOUT = 60.0


@contextmanager
def web_process(**environment_of_its_own: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The process and its port, once it answers; it is gone afterwards. On the test's stores, unless it is told."""
    port = free_port()
    command = web(environment().model_copy(update={"port": port, "bind": LOOPBACK})).command
    env = os.environ | {"DATABASE_URL": make_url(connection.settings_dict), "PYTHONPATH": str(settings.ROOT)}
    env |= environment_of_its_own
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _until_served(process, port)
            yield process, port
        finally:
            process.kill()


def get(port: int, path: str, *, host: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """What the process answers; `accept_encoding="gzip"` is the header Accept-Encoding."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": host}
    client = HTTPConnection(LOOPBACK, port, timeout=30)
    client.request("GET", path, headers=sent)
    answer = client.getresponse()
    try:
        return answer, answer.read()
    finally:
        client.close()


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


def _until_served(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            if get(port, "/healthz", host="localhost")[0].status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the web process did not answer, {process.poll()}")
