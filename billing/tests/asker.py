"""`python -m billing.tests.asker`: a process of the application, with clients of its own.

Each line that it reads is `{"host", "key", "clients": 8, "requests": [[name, method, path, body], …]}`; to each request
it prints `[name, status, answer]` as soon as it has one, and `null` after the last. The name is the Idempotency-Key as
well.
"""

import json
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import django

_OUT, _OWN = threading.Lock(), threading.local()


def main() -> None:
    """Answer every line until there are no more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # what is refused is refused on purpose
    _tell(None)
    for line in sys.stdin:
        given = json.loads(line)
        with ThreadPoolExecutor(given["clients"]) as pool:
            list(pool.map(partial(_ask, given["host"], given["key"]), given["requests"]))
        _tell(None)


def _ask(host: str, key: str, request: tuple[str, str, str, Any]) -> None:
    from django.db import connections  # noqa: PLC0415  # imported once Django is set up

    name, method, path, body = request
    headers = {"host": host, "authorization": f"Bearer {key}", "if-match": "*"}
    headers |= {"idempotency-key": name} if method == "POST" else {}
    data = json.dumps(body).encode() if body is not None else b""
    try:
        answer = _client().generic(method, f"/api/v1/{path}", data, "application/json", headers=headers)
    finally:
        connections.close_all()  # a server does this at the end of a request, the test client does not
    _tell([name, answer.status_code, json.loads(answer.content)])


def _client() -> Any:
    """One for each thread: it builds the middlewares anew."""
    from django.test import Client  # noqa: PLC0415

    if not hasattr(_OWN, "client"):
        _OWN.client = Client(raise_request_exception=False)
    return _OWN.client


def _tell(told: Any) -> None:
    with _OUT:
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
