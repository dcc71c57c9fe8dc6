"""The same reads of both shops, in turns: through Django, without a network."""

import time
from collections.abc import Iterator, Mapping
from functools import cache

from django.test import Client

from benchmarks.big_shop.filling import BEGUN, EVERY, sku_of
from benchmarks.lines import Line, Seconds, judged, p50, spread
from benchmarks.stage import Stage

BAR = 1.5
"""How many times longer the p50 and the p95 of the larger shop may be."""

WARM = 5


def paths(*, orders: int) -> Mapping[str, str]:
    """What is read, by what it is called; of a shop of so many orders."""
    middle = BEGUN + EVERY * (orders // 2)
    span = f"placed_at_after={middle:%Y-%m-%dT%H:%M:%SZ}&placed_at_before={middle + 20 * EVERY:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "orders": "orders/",
        "orders, oldest first": "orders/?ordering=placed_at",
        "orders of a status": "orders/?status=processing",
        "orders of two": "orders/?status=pending&status=confirmed",
        "orders of a customer": "orders/?customer_id=C-0",
        "orders of a time": f"orders/?{span}",
        "order searched": f"orders/?q=ORD-{orders // 2:06}",
        "an order": f"orders/ORD-{orders // 2:06}/",
        "an order's history": f"orders/ORD-{orders // 2:06}/history/",
        "products": "products/",
        "products of a category": "products/?category=tea",
        "products searched": "products/?q=product+00001",
        "a product": f"products/{sku_of(0)}/",
        "inventory": "inventory/",
        "a stock": f"inventory/{sku_of(0)}/",
        "its movements": f"inventory/{sku_of(0)}/movements/",
    }


def lines(few: Stage, many: Stage, *, times: int, orders: int) -> Iterator[Line]:
    """A line for each kind of read, of the larger shop; its verdict says how much longer it takes there."""
    small, large = (paths(orders=number) for number in (max(1, orders // 100), orders))
    for what, path in large.items():
        found: dict[str, list[float]] = {few.tenant: [], many.tenant: []}
        for turn in range(times + WARM):
            for stage, wanted in ((few, small[what]), (many, path)):
                taken = read(stage, wanted)
                if turn >= WARM:
                    found[stage.tenant].append(taken)
        yield _line(what, found[few.tenant], found[many.tenant])


def read(stage: Stage, path: str) -> float:
    """Seconds that a read takes. AssertionError where it is not answered."""
    client, begun = _client(stage), time.perf_counter()
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return time.perf_counter() - begun


@cache
def _client(stage: Stage) -> Client:
    """One for all reads: it builds the middlewares anew."""
    return Client(headers=stage.headers)


def _line(what: str, few: Seconds, many: Seconds) -> Line:
    half, most = p50(many) / p50(few), _p95(many) / _p95(few)
    verdict = judged(f"p50 {half:.2f} ×, p95 {most:.2f} ×", is_met=max(half, most) <= BAR)
    return spread(what, many, bar=f"≤ {BAR} ×", verdict=verdict)


def _p95(taken: Seconds) -> float:
    return sorted(taken)[int(len(taken) * 0.95) - 1]
