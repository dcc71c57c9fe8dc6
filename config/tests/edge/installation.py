"""The names of an installation behind the terminator, and a client that is no browser."""

import socket
import ssl
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

from config.tests.edge.terminator import Front

PUBLIC, CUSTOM = "tenfold.example", "shop.acme-store.example"
ACME = f"acme.{PUBLIC}"


def ask(front: Front, to: tuple[int, str], method: str, path: str, body: str = "", /, **headers: str) -> Any:
    """What a host answers at a port of the proxy, whose certificate is looked at."""
    port, host = to
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    if port != front.plain:
        context = ssl.create_default_context(cafile=front.authority)
        connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=host)
    try:
        connection.request(method, path, body or None, {"Host": host, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        cookies = answer.headers.get_all("Set-Cookie") or []
        return SimpleNamespace(status=answer.status, headers=answer.headers, cookies=cookies, text=text)
    finally:
        connection.close()
