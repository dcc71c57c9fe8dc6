"""Many more buyers than units, while web processes are killed: of the application's own shop, through its API.

A little past the usual length: each fault is one file, with what is played and what must hold after it.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from threading import Barrier
from typing import Any

from chaos.clients import Client, Order, Told
from chaos.faults.fault import Fault
from chaos.faults.web_kills import kill
from chaos.findings import Finding
from chaos.plan import Plan
from chaos.scene import Scene

BUYERS, UNITS, PLENTY = 200, 10, 100_000
CLIENTS = 16
INSIST = 60.0
ADDRESS = {"street": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}
KINDS: Sequence[Sequence[tuple[str, int]]] = ([("few", 1)], [("few", 1), ("few", 1)], [("plenty", 2), ("few", 1)])
"""What every buyer of a round wants: a unit; two, in two lines; plenty of one product and a unit of another."""


@dataclass(frozen=True, slots=True)
class Round:
    """What buyers wanted of a product that there were few of, and what each was told."""

    sku: str
    wanted: Sequence[tuple[str, int]]
    told: Sequence[Told]

    @property
    def sold(self) -> int:
        """Orders there have to be."""
        return UNITS // sum(quantity for sku, quantity in self.wanted if sku == self.sku)


def play(scene: Scene) -> Iterator[Finding]:
    """First so many orders by a few clients, for their numbers; then rounds, each of a product with a few units."""
    orders, rounds = _sizes(scene.plan)
    _offer(Client(scene.stage), "plenty", PLENTY)
    with ThreadPoolExecutor(BUYERS) as pool:
        numbered = _numbered(scene, pool, orders)
        played = [_round(scene, pool, number) for number in range(rounds)]
    _, caught_up = scene.settle(since=time.perf_counter())
    yield Finding(f"numbers 1…{orders}", f"{orders} orders", [*_holes(numbered)])
    kills = sum(len(each.tries) > 1 for one in played for each in one.told)
    yield Finding("exactly what there is, each round", f"{kills} asked again", [*chain(*map(_oversold, played))])
    yield Finding("nothing stays reserved", "", [*_counters(scene, numbered, played)])
    yield caught_up
    yield Finding("verify is clean", "", [*verified(scene.stage.tenant)])


def verified(*tenants: str) -> Iterator[str]:
    """What `verify` finds wrong of these."""
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up
    from cqrs.dynamodb.stream import DynamoSource  # noqa: PLC0415
    from cqrs.verify import verify  # noqa: PLC0415

    yield from map(str, verify(tenants, source=DynamoSource(), store=store()))


def _numbered(scene: Scene, pool: ThreadPoolExecutor, orders: int) -> list[Told]:
    clients = [Client(scene.stage) for _ in range(CLIENTS)]

    def place(client: int) -> list[Told]:
        names = [f"n-{number}" for number in range(client, orders, CLIENTS)]
        return [clients[client].send(_order(name, [("plenty", 1)]), insist=INSIST) for name in names]

    return [*chain(*pool.map(place, range(CLIENTS)))]


def _round(scene: Scene, pool: ThreadPoolExecutor, number: int) -> Round:
    clients, start, sku = [Client(scene.stage) for _ in range(BUYERS)], Barrier(BUYERS + 1), f"few-{number}"
    _offer(clients[0], sku, UNITS)
    wanted = [(sku if each == "few" else each, quantity) for each, quantity in KINDS[number % len(KINDS)]]

    def buy(buyer: int) -> Told:
        start.wait()
        return clients[buyer].send(_order(f"{sku}-{buyer}", wanted), insist=INSIST)

    buyers = [pool.submit(buy, buyer) for buyer in range(BUYERS)]
    start.wait()
    time.sleep(scene.dice.random() / 2)
    kill(scene)
    return Round(sku, wanted, [each.result() for each in buyers])


def _offer(client: Client, sku: str, units: int) -> None:
    product = {"sku": sku, "name": sku, "price": {"amount": 990, "currency": "EUR"}}
    client.must(Order(name=f"offer-{sku}", path="products/", body=product, is_keyed=True))
    path = f"inventory/{sku}/adjust/"
    client.must(Order(name=f"units-{sku}", path=path, body={"quantity": units}, is_keyed=True))


def _order(name: str, wanted: Sequence[tuple[str, int]]) -> Order:
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in wanted]
    body: Mapping[str, Any] = {"customer_id": name, "items": items, "shipping_address": ADDRESS}
    return Order(name=name, path="orders/", body=body, is_keyed=True)


def _holes(numbered: Sequence[Told]) -> Iterator[str]:
    codes = sorted(str(each.answer.get("code")) for each in numbered)
    if codes != [f"ORD-{number:06}" for number in range(1, len(numbered) + 1)]:
        yield f"{len(set(codes))} codes of {len(numbered)} orders, from {codes[0]} to {codes[-1]}"


def _oversold(one: Round) -> Iterator[str]:
    statuses = Counter(each.status for each in one.told)
    if statuses != {201: one.sold, 422: BUYERS - one.sold}:
        yield f"{one.sku}: {dict(statuses)}"
    for each in one.told:
        if each.status == 422 and not _says_how_many(each, one):
            yield f"{each.order.name}: {each.answer}"


def _says_how_many(told: Told, one: Round) -> bool:
    """Which line there is too little for, and how much there is."""
    error = told.answer.get("errors", [{}])[0]
    pointer = f"/items/{[sku for sku, _ in one.wanted].index(one.sku)}/sku"
    return (told.answer.get("code"), error.get("pointer"), error.get("available")) == (
        "insufficient_stock",
        pointer,
        0,
    )


def _counters(scene: Scene, numbered: Sequence[Told], played: Sequence[Round]) -> Iterator[str]:
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up

    reserved = {one.sku: UNITS for one in played}
    reserved["plenty"] = len(numbered) + sum(one.sold * dict(one.wanted).get("plenty", 0) for one in played)
    for sku, wanted in reserved.items():
        there = store().counter(f"STOCK#{scene.stage.tenant}", sku)
        on_hand = PLENTY if sku == "plenty" else UNITS
        if dict(there) != {"on_hand": on_hand, "reserved": wanted, "available": on_hand - wanted}:
            yield f"{sku}: {dict(there)}, reserved should be {wanted}"


def _sizes(plan: Plan) -> tuple[int, int]:
    return plan.size(500), plan.size(20, least=3)


def _size(plan: Plan) -> str:
    orders, rounds = _sizes(plan)
    return f"{orders} orders, {rounds} rounds of {BUYERS} buyers and {UNITS} units"


FAULT = Fault("oversell", "200 buyers of 10 units, kill -9 of the web process", _size, play)
