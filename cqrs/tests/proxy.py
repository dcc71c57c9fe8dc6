"""A proxy before DynamoDB that meddles: it loses answers (the request has been carried out, and nobody is told), keeps
them back, or gives its own."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

type Lose = Callable[[str], bool]
"""Whether to lose the answer to this operation, `PutItem` for one."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request. `instead` is status and body of an answer that is given in the store's stead, with
    these `headers`: without carrying the request out, unless it `is_done` first. `late` is by how many seconds the
    answer is kept back; `missing` bytes of it are announced and never come."""

    is_lost: bool = False
    is_done: bool = False
    late: float = 0.0
    instead: tuple[int, bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0


type Meddle = Callable[[str, bytes], Fate]
"""The fate of an operation with this body; called from many threads."""


@contextmanager
def losing(upstream: str, lose: Lose) -> Iterator[str]:
    """The address of a proxy that loses what `lose` says."""
    with meddling(upstream, lambda operation, _: Fate(is_lost=lose(operation))) as address:
        yield address


@contextmanager
def meddling(upstream: str, meddle: Meddle) -> Iterator[str]:
    """The address of a proxy that does to each request what `meddle` says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            there = urlsplit(upstream)
            self.upstream = HTTPConnection(there.hostname or "", there.port, timeout=10)

        def finish(self) -> None:
            super().finish()
            self.upstream.close()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fate = meddle(self.headers["X-Amz-Target"].rpartition(".")[2], body)
            status, headers, content = self._answer(body, fate)
            time.sleep(fate.late)
            if fate.is_lost:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content) + fate.missing)} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = self.close_connection or bool(fate.missing)

        def _answer(self, body: bytes, fate: Fate) -> tuple[int, dict[str, str], bytes]:
            if fate.instead and not fate.is_done:
                return self._instead(*fate.instead, fate)
            self.upstream.request("POST", self.path, body, dict(self.headers))
            answer = self.upstream.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in OWN}
            content = answer.read()
            return self._instead(*fate.instead, fate) if fate.instead else (answer.status, kept, content)

        def _instead(self, status: int, content: bytes, fate: Fate) -> tuple[int, dict[str, str], bytes]:
            return status, {"Content-Type": JSON, **fate.headers}, content

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients give up, and stores go away: that is what it is for."""


JSON = "application/x-amz-json-1.0"
OWN = {"date", "server", "connection", "transfer-encoding", "content-length"}
"""Headers that this server writes itself."""
