"""Quotas and metering at their sizes, over processes of the application, some of which are killed."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.stage import Stage
from billing.tests.askers import Answer, Asker, Request, all_at_once, askers
from chaos.faults.fault import Fault
from chaos.faults.oversell import verified
from chaos.findings import Finding
from chaos.plan import Plan
from chaos.scene import Scene

CLIENTS = 16
"""Of each process."""

KILLED = 2
"""Of the processes that create."""

BATCH, TIMES, ROOM = 1000, 5, 10


def play(scene: Scene) -> Iterator[Finding]:
    """Calls up to a quota; a file of usage, five times over; creates at a hard limit, and kills."""
    processes, calls, events, creates = _sizes(scene.plan)
    callers, makers = _limited("callers", "free", "api_calls", calls), _limited("makers", "free", "projects", ROOM)
    _override(scene.stage.tenant, "responses", 0)
    with askers(processes, env=os.environ) as those:
        yield _calls(those, callers, calls)
        yield from _metered(those, scene.stage, events)
        yield _created(those[:4], scene, makers, creates)
    _, caught_up = scene.settle(since=time.perf_counter())
    yield caught_up
    yield Finding("verify is clean", "", [*verified(scene.stage.tenant, callers.tenant, makers.tenant)])


def _calls(those: Sequence[Asker], stage: Stage, calls: int) -> Finding:
    """Twice as many calls as there may be, a part of them by each process."""
    requests: list[Request] = [(f"call-{number}", "GET", "todos/", None) for number in range(2 * calls)]
    told = all_at_once(those, stage, requests, clients=CLIENTS)
    claim, figure = f"exactly {calls} calls pass", f"{len(requests)} calls by {len(those)} processes"
    return Finding(claim, figure, [*_other_than(told, {200: calls, 403: calls})])


def _metered(those: Sequence[Asker], stage: Stage, events: int) -> Iterator[Finding]:
    """Every unit is counted once, and above the limit of nothing each is billed once. What a client is told of each is
    not asked for: a batch that is sent again after a 503 finds what it had counted itself."""
    from billing.domain.metrics import month_after, month_of  # noqa: PLC0415  # imported once Django is set up
    from billing.tests.files import five_times, overage, usage_file, verdicts  # noqa: PLC0415

    now, file = datetime.now(UTC), usage_file(events, "responses")
    begun = time.perf_counter()
    told = all_at_once(those, stage, five_times(file, batch=min(BATCH, events // 4)), clients=2)
    taken = time.perf_counter() - begun
    taken_in, figure = verdicts(told), f"{TIMES * events / taken:.0f} events/s"
    against = [*_but(taken_in, {"counted", "duplicate"}), *_but(_reported(stage, month_of(now)), events)]
    yield Finding(f"{events} increments count {events}", figure, against)
    billed = dict(overage(stage.tenant, now=month_after(month_of(month_after(month_of(now))))))
    yield Finding(f"a file sent {TIMES} times bills once", "", _but(billed, {"responses": events}))


def _reported(stage: Stage, month: str) -> int:
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up

    return store().counter(f"QUOTA#{stage.tenant}", f"responses:{month}").get("reported", 0)


def _created(those: Sequence[Asker], scene: Scene, stage: Stage, creates: int) -> Finding:
    """Some processes die at a moment of the dice's; who was not told asks the others, under the same key."""
    each = creates // len(those)
    lives = [scene.dice.randint(1, each - 1) for _ in range(KILLED)]
    told = all_at_once(those, stage, [_product(number) for number in range(creates)], clients=CLIENTS, lives=lives)
    against = [*_other_than(told, {201: ROOM, 403: creates - ROOM}), *_holds(stage)]
    return Finding(f"exactly {ROOM} are made", f"{creates} creates, {KILLED} of {len(those)} processes killed", against)


def _holds(stage: Stage) -> Iterator[str]:
    """What the log and the counter hold, whatever anybody was told."""
    from chaos.evidence import facts_of  # noqa: PLC0415  # imported once Django is set up
    from cqrs.dynamodb.store import store  # noqa: PLC0415

    products = sum(id.startswith("PRODUCT#") for id in facts_of(stage.tenant))
    counter = store().counter(f"QUOTA#{stage.tenant}", "projects")
    yield from _but((products, dict(counter)), (ROOM, {"used": ROOM, "limit": ROOM}))


def _product(number: int) -> Request:
    body = {"sku": f"S-{number}", "name": "Tea", "price": {"amount": 990, "currency": "EUR"}}
    return f"product-{number}", "POST", "products/", body


def _limited(code: str, plan: str, metric: str, most: int) -> Stage:
    from tenants.keys import create_key  # noqa: PLC0415  # imported once Django is set up
    from tenants.provisioning import host_for, provision  # noqa: PLC0415

    tenant = provision(code, name=code.title(), owner_email=f"owner@{code}.example", plan=plan)
    _, key = create_key(tenant, name=code, scopes={"*"})
    _override(code, metric, most)
    return Stage(code, tenant.schema_name, host_for(code), key)


def _override(tenant: str, metric: str, most: int) -> None:
    from billing.clerk import SK, writer_of  # noqa: PLC0415  # imported once Django is set up
    from billing.domain import SUBSCRIPTION, Metric  # noqa: PLC0415
    from billing.domain.overriding import override  # noqa: PLC0415

    command = SUBSCRIPTION.ref(SK).ask(override, metric=Metric(metric), most=most, reason="chaos")
    writer_of(tenant, by="system:chaos", source="chaos").send(command)


def _other_than(told: Mapping[str, Answer], wanted: Mapping[int, int]) -> list[str]:
    return _but(dict(Counter(status for status, _ in told.values())), wanted)


def _but(found: Any, wanted: Any) -> list[str]:
    return [] if found == wanted else [f"{found}, should be {wanted}"]


def _sizes(plan: Plan) -> tuple[int, int, int, int]:
    return plan.size(8, least=4), plan.size(1000), plan.size(20_000), plan.size(500)


def _size(plan: Plan) -> str:
    processes, calls, events, creates = _sizes(plan)
    return f"{processes} processes: {calls} calls, {events} events {TIMES} times, {creates} creates"


FAULT = Fault("quotas", "quotas over processes, kill -9 of some", _size, play)
