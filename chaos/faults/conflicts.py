"""Every fifth transaction is answered with a conflict, while many buyers want the same few units."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from chaos.clients import Client, Order, Told
from chaos.faults.fault import Fault
from chaos.faults.through import through
from chaos.findings import Finding
from chaos.plan import Plan
from chaos.scene import Scene
from cqrs.tests.proxy import Fate

BUYERS, UNITS, SHARE = 64, 10, 0.2
INSIST = 30.0
ONE = b'{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"Transaction is ongoing"}'
WRITES = frozenset({"PutItem", "UpdateItem", "TransactWriteItems"})


def play(scene: Scene) -> Iterator[Finding]:
    """Each round is an article with a few units, and all buyers at once."""
    told: list[Told] = []
    with through(scene, lambda operation, body: _fate(scene, operation, body)) as fates:
        clients = [Client(scene.stage) for _ in range(BUYERS)]
        with ThreadPoolExecutor(BUYERS) as pool:
            rounds = [_round(clients, pool, f"R-{number:03}") for number in range(_rounds(scene.plan))]
        since = time.perf_counter()
        told = [each for one in rounds for each in one]
        evidence, caught_up = scene.settle(since=since)
    conflicts = sum(fate.instead is not None for fate in fates)
    yield Finding(f"exactly {UNITS} each round", f"{conflicts} conflicts", [*_oversold(rounds)])
    yield caught_up
    yield from scene.truth(evidence, told)


def _round(clients: list[Client], pool: ThreadPoolExecutor, sku: str) -> list[Told]:
    article = Order(name=sku, path="articles/", body={"sku": sku, "name": sku, "units": UNITS}, is_keyed=True)
    made, start = clients[0].must(article), Barrier(len(clients))

    def buy(number: int) -> Told:
        start.wait()
        order = Order(name=f"{sku}-{number}", path="purchases/", body={"sku": sku}, is_keyed=True)
        return clients[number].send(order, insist=INSIST)

    return [made, *pool.map(buy, range(len(clients)))]


def _oversold(rounds: list[list[Told]]) -> Iterator[str]:
    for made, *buyers in rounds:
        statuses = Counter(each.status for each in buyers)
        if statuses != {201: UNITS, 422: BUYERS - UNITS}:
            yield f"{made.order.name}: {dict(statuses)}"


def _fate(scene: Scene, operation: str, body: bytes) -> Fate:
    if operation not in WRITES or scene.dice.random() >= SHARE:
        return Fate()
    return Fate(instead=(400, _cancelled(body) if operation == "TransactWriteItems" else ONE))


def _cancelled(body: bytes) -> bytes:
    """The transaction was cancelled because of its last item, and for no other reason."""
    reasons = [{"Code": "None"} for _ in json.loads(body)["TransactItems"]]
    reasons[-1] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    codes = ", ".join(reason["Code"] for reason in reasons)
    answer = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        "CancellationReasons": reasons,
    }
    return json.dumps(answer).encode()


def _rounds(plan: Plan) -> int:
    return plan.size(50)


def _size(plan: Plan) -> str:
    return f"{_rounds(plan)} rounds, {BUYERS} buyers of {UNITS} units"


FAULT = Fault("conflicts", "20 % of transactions conflict", _size, play)
