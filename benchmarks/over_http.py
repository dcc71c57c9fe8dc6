"""The same commands through the web process, one keep-alive client, and several of them at once."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

from benchmarks.lines import Line, Seconds, timed
from benchmarks.stage import Stage

CLIENTS = 8
WARM_UP = 20


def lines(stage: Stage, *, requests: int) -> Iterator[Line]:
    """Create and change by one client, create by several."""
    client = Client(stage)
    yield timed("create over HTTP; 1 client", [client.create() for _ in range(requests + WARM_UP)][WARM_UP:])
    yield timed("change over HTTP; 1 client", [client.change() for _ in range(requests)])
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = [each for some in pool.map(_creates, [(stage, requests)] * CLIENTS) for each in some]
    rate = f"{len(taken) / (time.perf_counter() - begun):.0f} commands/s"
    line = timed("", taken)
    yield Line(what=f"create over HTTP; {CLIENTS} clients", p50=line.p50, p99=line.p99, rate=rate)


class Client:
    """Sends one command after the other over one connection; remembers the last answer."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._connection = stage, stage.connect()
        self.last: dict[str, Any] = {}

    def create(self) -> float:
        """Create a todo. Seconds until its answer."""
        return self._send("POST", "/api/v1/todos/", {"name": "Milk", "description": "As agreed on the phone."})

    def change(self) -> float:
        """Change the last todo, decided on its version. Seconds until the answer."""
        body = {"name": f"Milk {self.last['version']}", "version": self.last["version"]}
        return self._send("PATCH", f"/api/v1/todos/{self.last['code']}/", body)

    def _send(self, method: str, path: str, body: object) -> float:
        begun = time.perf_counter()
        status, answer = _exchange(self._connection, method, path, json.dumps(body), self._stage.headers)
        taken = time.perf_counter() - begun
        assert status in (200, 201), answer
        self.last = json.loads(answer)
        return taken


def _exchange(
    connection: HTTPConnection, method: str, path: str, body: str, headers: dict[str, str]
) -> tuple[int, bytes]:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.status, response.read()


def _creates(order: tuple[Stage, int]) -> Seconds:
    stage, requests = order
    client = Client(stage)
    return [client.create() for _ in range(requests // 2)]
