"""As much of curl as the documentation uses; it waits for the server, and every host is this machine."""

import http.client
import sys
import time
from argparse import ArgumentParser, Namespace
from urllib.parse import urlsplit

PATIENCE = 120.0
"""Seconds; a busy machine takes some to start a server."""


def main(words: list[str]) -> None:
    """`curl [-s] [-f] [-i] [-X METHOD] [-H HEADER]… [--json BODY] URL`."""
    asked = _parsed(words)
    url = urlsplit(asked.url)
    headers = dict(header.split(": ", 1) for header in asked.H) | {"Host": url.netloc}
    if asked.json:
        headers["Content-Type"] = "application/json"
    method, deadline = asked.X or ("POST" if asked.json else "GET"), time.monotonic() + PATIENCE
    while True:
        connection = _connection(url.port or 80)
        connection.request(method, f"{url.path}?{url.query}".rstrip("?"), asked.json, headers)
        response = connection.getresponse()
        # A worker that is still starting is behind for longer than a read waits; a reader types slower than this.
        if not response.getheader("Read-Model-Behind") or time.monotonic() > deadline:
            break
    if asked.i:
        lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{k}: {v}" for k, v in response.getheaders()), ""]
        sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.write(response.read().decode())
    sys.exit(22 if asked.f and response.status >= 400 else 0)


def _parsed(words: list[str]) -> Namespace:
    parser = ArgumentParser()
    for flag in "-s", "-f", "-i":
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-X")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("--json", default="")
    parser.add_argument("url")
    return parser.parse_args(words)


def _connection(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.connect()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return connection


if __name__ == "__main__":
    main(sys.argv[1:])
