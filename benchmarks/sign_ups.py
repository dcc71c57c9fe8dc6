"""How long somebody who signs up waits for their first page; and what filling the pool costs those who write then."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import mean, quantiles

from django.db import connection

from benchmarks.browser import Browser, onward
from benchmarks.lines import Line, Seconds, judged, spread
from benchmarks.over_http import Client
from benchmarks.stage import Stage
from config.environment import environment
from tenants.provisioning import pool

AT_ONCE = 4
P95_MOST = 0.5
SLOWER_MOST = 1.1
ROUNDS, COMMANDS = 10, 150
"""Turns with and without a filler, and commands in each: a second and more."""


def lines(stage: Stage, *, sign_ups: int) -> Iterator[Line]:
    """From the form to the tenant's first page; then commands with and without somebody filling the pool."""
    begun = time.perf_counter()
    made = pool.fill(sign_ups)
    yield Line(what="ready schemas", rate=f"{made / (time.perf_counter() - begun):.1f} schemas/s")
    with ThreadPoolExecutor(AT_ONCE) as clients:
        taken = list(clients.map(lambda _: _signed_up(), range(sign_ups)))
    p95 = quantiles(taken, n=100, method="inclusive")[94]
    found = judged(f"p95 {p95 * 1000:.0f} ms", is_met=p95 <= P95_MOST)
    what = f"sign-up to the first page; {sign_ups}, {AT_ONCE} at a time"
    yield spread(what, taken, bar=f"p95 ≤ {P95_MOST * 1000:.0f} ms", verdict=found)
    yield _beside(stage)


def _signed_up() -> float:
    """Seconds from sending the form until the first page of the new tenant is there."""
    name, site = secrets.token_hex(8), f"http://{environment().host}/sign-up/"
    browser = Browser()
    page = browser.get(site)
    begun = time.perf_counter()
    fields = {"name": name, "code": f"s{name}", "owner_name": "Ada", "owner_email": f"ada@{name}.example"}
    page = browser.post(site, page, **fields, password=secrets.token_hex(10))
    page = browser.get(onward(page))
    taken = time.perf_counter() - begun
    assert "/sign-out/" in page, page[:200]
    return taken


def _beside(stage: Stage) -> Line:
    """In turns, so that what else the machine does is the same for both."""
    quiet: list[float] = []
    filled: list[float] = []
    client = Client(stage)
    for number in range(ROUNDS):
        quiet += _commands(client)
        with _Filler(number + 1):
            filled += _commands(client)
    ratio = mean(filled) / mean(quiet)
    found = judged(f"{ratio:.2f}", is_met=ratio <= SLOWER_MOST)
    what = "create over HTTP while the pool is filled, to create without"
    return spread(what, filled, bar=f"mean ratio ≤ {SLOWER_MOST}", verdict=found)


def _commands(client: Client) -> Seconds:
    return [client.create() for _ in range(COMMANDS)]


class _Filler:
    """Fills the pool, as a worker does, for as long as the block takes."""

    def __init__(self, number: int) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._fill, name=f"filler-{number}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _fill(self) -> None:
        try:
            pool.fill(1_000_000, rest=pool.REST, until=self._is_over.is_set)
        finally:
            connection.close()
