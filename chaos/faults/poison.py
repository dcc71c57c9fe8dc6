"""Facts that a release at fault cannot show, of four kinds, among many that it can; then the fix is deployed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import psycopg

from chaos.clients import Client, Order, Told
from chaos.commands import manage, verified
from chaos.faults.fault import Fault
from chaos.findings import Finding, within
from chaos.load import Habits, Load
from chaos.plan import Plan
from chaos.running import WORKERS
from chaos.scene import Scene
from chaos.shop.domain import Flaw
from config.environment import environment

CLIENTS = 8
LAG_MOST = 5.0
PARKED_WITHIN = 60.0
FLAWS = [flaw for flaw in Flaw if flaw]


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The poisoned entities, and what clients were told of them."""

    ids: Sequence[str]
    told: Sequence[Told]


def play(scene: Scene) -> Iterator[Finding]:
    """Exactly the bad ones are set apart, the others do not wait for them; after the fix nothing is missing."""
    scene.running.stop(*WORKERS)
    with scene.until_followed():
        scene.running.start(*WORKERS, SHOP_FLAWED="yes")
    commands, bad = _sizes(scene.plan)
    with scene.load(Habits(clients=CLIENTS, commands=commands // CLIENTS)) as load:
        poisoned = _poison(scene, load, commands=commands, bad=bad)
        load.wait(commands // CLIENTS * CLIENTS)
    yield from _set_apart(scene, poisoned)
    evidence, _ = scene.settle(since=time.perf_counter(), apart=poisoned.ids)
    yield within("others' lag", max(scene.lags(evidence, load.told)), LAG_MOST)
    yield from scene.truth(evidence, load.told, apart=poisoned.ids)
    yield from _mended(scene, [*load.told, *poisoned.told])


def _mended(scene: Scene, told: Sequence[Told]) -> Iterator[Finding]:
    """The fix is deployed, and what was parked is shown again."""
    scene.running.stop(*WORKERS)
    with scene.until_followed():
        scene.running.restore()
    since = time.perf_counter()
    yield manage("parked", "retry", "--all")
    evidence, caught_up = scene.settle(since=since)
    yield caught_up
    broken = [each for each in scene.truth(evidence, told) if not each.is_held]
    yield Finding(
        "all of it after the fix", against=[f"{each.claim}: {text}" for each in broken for text in each.against]
    )
    yield verified()


def _poison(scene: Scene, load: Load, *, commands: int, bad: int) -> Poisoned:
    """At even distances, an article that is well first, and marked then; all kinds of flaws in turn."""
    client, told = Client(scene.stage), list[Told]()
    for number, flaw in enumerate(islice(cycle(FLAWS), bad)):
        load.wait(commands * number // bad)
        name = f"bad-{number}-{flaw}"
        made = Order(name=name, path="articles/", body={"sku": name, "name": name}, is_keyed=True)
        mark = Order(name=f"{name}-marked", path=f"articles/{name}/mark/", body={"flaw": flaw}, stated=1, is_keyed=True)
        told += [client.must(made), client.must(mark)]
    return Poisoned(sorted({each.entity for each in told}), told)


def _set_apart(scene: Scene, poisoned: Poisoned) -> Iterator[Finding]:
    begun, deadline = time.monotonic(), time.monotonic() + PARKED_WITHIN
    while (found := _parked(scene)) != poisoned.ids and time.monotonic() < deadline:
        time.sleep(0.05)
    differences = [f"{id} is parked" for id in sorted({*found} - {*poisoned.ids})]
    differences += [f"{id} is not parked" for id in sorted({*poisoned.ids} - {*found})]
    figure = f"{len(found)} parked, the last {time.monotonic() - begun:.1f} s after the load"
    yield Finding("exactly those parked", figure, differences)


def _parked(scene: Scene) -> list[str]:
    query = "SELECT entity_id FROM public.parked WHERE tenant_code = %s AND state = 'parked' ORDER BY entity_id"
    with psycopg.connect(environment().database) as connection:
        return [id for (id,) in connection.execute(query, [scene.stage.tenant])]


def _sizes(plan: Plan) -> tuple[int, int]:
    return plan.size(20_000), plan.size(10, least=len(FLAWS))


def _size(plan: Plan) -> str:
    return "{:,} commands, {} bad facts of four kinds".format(*_sizes(plan))


FAULT = Fault("poison", "poison: data, integrity, COMMIT, death", _size, play)
