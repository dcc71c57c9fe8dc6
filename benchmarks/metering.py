"""What metering and quotas cost a request: the same view by the same key, with and without them, in turns."""

import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import count
from statistics import median

from benchmarks.lines import Line, judged, spread
from benchmarks.stage import Stage
from benchmarks.twin import twin
from billing.clerk import SK, writer_of
from billing.domain import SUBSCRIPTION, Metric
from billing.domain.overriding import override
from config.stack.ports import LOOPBACK

MOST = 1.05
WARM_UP = 30
SKU = "metered"
SHIP_TO = {"street": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}
ORDER = {"customer_id": "C-1", "items": [{"sku": SKU, "quantity": 1}], "shipping_address": SHIP_TO}


def lines(stage: Stage, *, requests: int) -> Iterator[Line]:
    """A list, which is a call; a product and an order, each of which counts towards a hard limit."""
    number = count()
    with twin("unmetered") as port:
        ours, plain = stage.connect(), HTTPConnection(LOOPBACK, port, timeout=30)

        def product(connection: HTTPConnection) -> float:
            body = {"sku": f"M-{next(number)}", "name": "Tea", "price": {"amount": 100, "currency": "USD"}}
            return _seconds(connection, stage, "POST", "products/", body, key=f"{body['sku']}")

        def order(connection: HTTPConnection) -> float:
            return _seconds(connection, stage, "POST", "orders/", ORDER, key=f"order-{next(number)}")

        def list_(connection: HTTPConnection) -> float:
            return _seconds(connection, stage, "GET", "todos/", None)

        _limit(stage, Metric.PROJECTS, Metric.ORDERS)
        _offer(ours, stage)
        yield from _pair("list by key", list_, ours, plain, requests=requests)
        yield from _pair("product created", product, ours, plain, requests=requests)
        yield from _pair("order placed", order, ours, plain, requests=requests)


def _pair(
    what: str,
    ask: Callable[[HTTPConnection], float],
    ours: HTTPConnection,
    plain: HTTPConnection,
    *,
    requests: int,
) -> Iterator[Line]:
    """One line without, one with the ratio. Who comes first takes turns as well."""
    taken: dict[HTTPConnection, list[float]] = {ours: [], plain: []}
    for number in range(requests + WARM_UP):
        for each in (ours, plain) if number % 2 else (plain, ours):
            taken[each].append(ask(each))
    metered, without = taken[ours][WARM_UP:], taken[plain][WARM_UP:]
    ratio = median(metered) / median(without)
    yield spread(f"{what}, unmetered", without)
    found = judged(f"{ratio:.2f}", is_met=ratio <= MOST)
    yield spread(f"{what}, to that unmetered", metered, bar=f"p50 ratio ≤ {MOST}", verdict=found)


def _limit(stage: Stage, *metrics: Metric) -> None:
    """Far away: what is measured is what a limit costs where it does not bite."""
    writer = writer_of(stage.tenant, by="system:bench", source="bench")
    for metric in metrics:
        writer.send(SUBSCRIPTION.ref(SK).ask(override, metric=metric, most=10**6, reason="to measure"))


def _offer(connection: HTTPConnection, stage: Stage) -> None:
    product = {"sku": SKU, "name": SKU, "price": {"amount": 990, "currency": "USD"}}
    _seconds(connection, stage, "POST", "products/", product, key="offer")
    _seconds(connection, stage, "POST", f"inventory/{SKU}/adjust/", {"quantity": 10**6}, key="units")


def _seconds(connection: HTTPConnection, stage: Stage, method: str, path: str, body: object, *, key: str = "") -> float:
    headers = stage.headers | ({"Idempotency-Key": key, "If-Match": "*"} if key else {})
    begun = time.perf_counter()
    connection.request(method, f"/api/v1/{path}", json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    answer = response.read()
    taken = time.perf_counter() - begun
    assert response.status in (200, 201), answer
    return taken
