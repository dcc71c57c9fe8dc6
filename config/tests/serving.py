"""A real web process on the test's stores, and plain requests to it through a socket."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from typing import Any

from config.environment import ROOT, environment
from config.stack.app import web
from config.stack.ports import LOOPBACK, free_port
from config.tests.test_end_to_end import on_these_stores

START_TIMEOUT, STOP_TIMEOUT = 60.0, 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Web:
    """A web process that answers on `port`."""

    process: "subprocess.Popen[bytes]"
    port: int

    def get(self, path: str, *, host: str, **headers: str) -> Answer:
        """See `request`."""
        return self.request("GET", path, host=host, **headers)

    def request(self, method: str, path: str, body: object = None, *, host: str, **headers: str) -> Answer:
        """One request on a connection of its own; `if_match="7"` is the header If-Match. A body
        that is a text is sent as it is, all else as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": host}
        content = body if body is None or isinstance(body, str) else json.dumps(body)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        begun = time.monotonic()
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            read = response.read()
            return Answer(response.status, response.headers, read, time.monotonic() - begun)
        finally:
            connection.close()


@contextmanager
def serving(**environment_of_it: str) -> Iterator[Web]:
    """The web process as `make run` starts it, on the stores of the test unless these variables name others."""
    port = free_port()
    part = web(environment().model_copy(update={"port": port}))
    env = {**on_these_stores(), **part.env, "TENFOLD_PORT": str(port), **environment_of_it}
    process = subprocess.Popen(part.command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _once_alive(Web(process, port))
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT)


def _once_alive(found: Web) -> Web:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and found.process.poll() is None:
        try:
            if found.request("GET", "/healthz", host="localhost").status == 200:
                return found
        except (OSError, HTTPException):
            time.sleep(0.05)
    raise AssertionError("the web process did not come up")
