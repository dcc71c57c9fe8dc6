"""A proxy as operators stand one in front: ends TLS, keeps `Host`, adds the client's address and scheme to what it
passes on. Each of its ports stands for a client's network, for on loopback everybody has one address."""

import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

ADA, BOB = "203.0.113.7", "2001:db8:5:6::7"
"""Where the clients of the first and of the second port are; those of the third, which is plain http, are Ada's."""

OWN = {"connection", "keep-alive", "transfer-encoding", "x-forwarded-for", "x-forwarded-proto"}
"""Headers that go no further than from one hop to the next, or that the proxy sets."""

PIECE = 65536


@dataclass(frozen=True)
class Front:
    """The ports, the authority that signed its certificate, and the digest by which Chromium knows that."""

    ada: int
    bob: int
    plain: int
    authority: Path
    key_digest: str


@contextmanager
def terminating(web: int, *, names: tuple[str, ...], folder: Path) -> Iterator[Front]:
    """In front of the web process at that port, for these host names."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert(*names)
    certificate.configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    with ExitStack() as open_:
        clients = [(ADA, context), (BOB, context), (ADA, None)]
        ada, bob, plain = [open_.enter_context(_listening(web, client, tls)) for client, tls in clients]
        digest = _key_digest(certificate.cert_chain_pems[0].bytes())
        yield Front(ada, bob, plain, authority=folder / "authority.pem", key_digest=digest)


def _key_digest(pem: bytes) -> str:
    key = load_pem_x509_certificate(pem).public_key()
    return b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()


@contextmanager
def _listening(web: int, client: str, tls: ssl.SSLContext | None) -> Iterator[int]:
    scheme = "https" if tls else "http"
    handler = type("Handler", (_Passing,), {"web": web, "client": client, "scheme": scheme})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:  # the handshake is the connection's thread's own: nobody who is slow at it keeps others waiting
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: int
    client: str
    scheme: str

    def _pass_on(self) -> None:
        upstream = HTTPConnection("127.0.0.1", self.web, timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers():
                upstream.putheader(name, value)
            upstream.endheaders(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or None)
            self._answer(upstream.getresponse())
        except (ConnectionError, ssl.SSLError, HTTPException):
            self.close_connection = True  # the browser has left the page, or the web process this request
        finally:
            upstream.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815  # http.server's

    def _headers(self) -> Iterator[tuple[str, str]]:
        yield from ((name, value) for name, value in self.headers.items() if name.lower() not in OWN)
        yield "X-Forwarded-For", ", ".join([*self.headers.get_all("X-Forwarded-For", ()), self.client])
        yield "X-Forwarded-Proto", self.scheme

    def _answer(self, answer: HTTPResponse) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OWN:
                self.send_header(name, value)
        has_end = answer.getheader("Content-Length") or self.command == "HEAD" or answer.status in (204, 304)
        if not has_end:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        while piece := answer.read1(PIECE):
            self.wfile.write(piece)

    def log_message(self, *args: Any) -> None:
        """Nothing: it would stand between pytest's lines."""
