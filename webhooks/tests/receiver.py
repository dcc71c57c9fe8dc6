"""An endpoint that notes what it is sent, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class Receiver:
    """`answers` are statuses in turn, then 204; `failing` are codes of entities that are answered with 500."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came, in order."""
        return [orjson.loads(body) for body in self.bodies]

    def wait_for(self, many: int) -> None:
        """Return once so many came. AssertionError where they do not."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= many, timeout=90), self.told()

    def told(self) -> list[str]:
        """`todo.created@1`, each."""
        return [f"{each['type']}@{each['data']['version']}" for each in self.events]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """One that listens for as long as this lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.came:
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                receiver.bodies.append(body)
                receiver.came.notify_all()
            status = receiver.answers.pop(0) if receiver.answers else 204
            if orjson.loads(body)["data"]["code"] in receiver.failing:
                status = 500
            self.send_response(status)
            self.send_header("Location", f"{receiver.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
