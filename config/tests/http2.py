"""One request by HTTP/2 over plain TCP, as a client that knows speaks it (RFC 9113, 3.3)."""

import socket
from collections.abc import Mapping, Sequence

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset

from config.stack.ports import LOOPBACK
from config.tests.wire import Said


def say_http2(port: int, method: str, path: str, host: str, *pieces: bytes, **headers: str) -> Said:
    """Send the pieces as data frames, without a length unless a header says one; none: a request without a body."""
    with socket.create_connection((LOOPBACK, port), 30) as line:
        client = _begin(method, path, host, headers, is_whole=not pieces)
        for number, piece in enumerate(pieces, 1):
            client.send_data(1, piece, end_stream=number == len(pieces))
        line.sendall(client.data_to_send())
        return _heard(line, client)


def drop_http2(port: int, path: str, host: str, piece: bytes, **headers: str) -> None:
    """Send the beginning of a request, and close the connection."""
    with socket.create_connection((LOOPBACK, port), 30) as line:
        client = _begin("POST", path, host, headers, is_whole=False)
        client.send_data(1, piece)
        line.sendall(client.data_to_send())


def _begin(method: str, path: str, host: str, headers: Mapping[str, str], *, is_whole: bool) -> H2Connection:
    client = H2Connection(H2Configuration(header_encoding="utf-8"))
    client.initiate_connection()
    fields = [(":method", method), (":path", path), (":authority", host), (":scheme", "http")]
    fields += [(name.replace("_", "-").lower(), value) for name, value in headers.items()]
    client.send_headers(1, fields, end_stream=is_whole)
    return client


def _heard(line: socket.socket, client: H2Connection) -> Said:
    headers, body = dict[str, str](), b""
    while data := line.recv(65536):
        for event in client.receive_data(data):
            match event:
                case ResponseReceived():
                    headers = _texts(event.headers)
                case DataReceived():
                    body += event.data or b""
                    client.acknowledge_received_data(event.flow_controlled_length or 0, 1)
                case StreamReset():
                    raise ConnectionResetError(event.error_code)
                case StreamEnded():
                    return Said(int(headers.pop(":status")), headers, body)
        line.sendall(client.data_to_send())
    raise ConnectionResetError("closed without an answer")


def _texts(headers: Sequence[tuple[object, object]] | None) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers or ()}
