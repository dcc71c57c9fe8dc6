"""How long after a write's answer its row is visible, at a steady pace, with the real processes."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from benchmarks.lines import Line, judged, p50, p99, spread
from benchmarks.over_http import Client
from benchmarks.stage import Stage
from config.environment import environment
from cqrs.projector import CHANNEL
from face.ids import public_id

CLIENTS = 8
SHARES = (0.1, 0.5, 1.0)
"""Paces, as parts of what the machine can write at all."""

P50_MOST, P99_MOST = 0.04, 0.15
"""At half of that."""

PATIENCE = 30.0
"""Seconds for which the last rows are waited for."""

type Written = tuple[str, int]
"""An entity's public id and a version of it."""


@dataclass(slots=True)
class Watch:
    """When each version became visible, seen from a connection of its own."""

    schema: str
    seen: dict[Written, float] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)
    ready: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look whenever Postgres says that the journal grew, until `done`."""
        query = sql.SQL(
            "SELECT line.position, line.entity_id, line.version FROM {line} AS line"
            " JOIN {row} AS shown ON shown.id = line.entity_id AND shown.version >= line.version"
            " WHERE line.position > %s ORDER BY line.position"
        ).format(line=sql.Identifier(self.schema, "journal"), row=sql.Identifier(self.schema, "todo"))
        with psycopg.connect(environment().database, autocommit=True) as connection:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            position = self._note(connection.execute(query, [0]).fetchall(), 0)
            self.ready.set()
            while not self.done.is_set():
                list(connection.notifies(timeout=0.1, stop_after=1))
                position = self._note(connection.execute(query, [position]).fetchall(), position)

    def _note(self, found: list[tuple[int, str, int]], position: int) -> int:
        now = time.perf_counter()
        self.seen |= {(public_id(id), version): now for _, id, version in found}
        return found[-1][0] if found else position


def lines(stage: Stage, *, seconds: int) -> Iterator[Line]:
    """At a tenth, at half and at all of what the clients together can write."""
    ceiling = _ceiling(stage, seconds=seconds)
    yield Line(what=f"write ceiling; {CLIENTS} clients over HTTP", rate=f"{ceiling:.0f} commands/s")
    for share in SHARES:
        yield _line(_watched(stage, pace=ceiling * share, seconds=seconds), share=share, pace=ceiling * share)


def _ceiling(stage: Stage, *, seconds: int) -> float:
    begun = time.perf_counter()
    written = len(_write(stage, pace=float("inf"), until=begun + seconds))
    return written / (time.perf_counter() - begun)


def _watched(stage: Stage, *, pace: float, seconds: int) -> list[float]:
    """The lag of each command, in seconds."""
    watch = Watch(stage.schema)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    assert watch.ready.wait(PATIENCE), "nobody watches the rows"
    answered = _write(stage, pace=pace, until=time.perf_counter() + seconds)
    deadline = time.monotonic() + PATIENCE
    while missing := answered.keys() - watch.seen.keys():
        assert time.monotonic() < deadline, f"{len(missing)} rows were never seen"
        time.sleep(0.05)
    watch.done.set()
    thread.join()
    return [max(0.0, watch.seen[written] - at) for written, at in answered.items()]


def _write(stage: Stage, *, pace: float, until: float) -> dict[Written, float]:
    """Several clients, each at its part of the pace; when each command was answered."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = pool.map(lambda _: _write_alone(Client(stage), pace=pace / CLIENTS, until=until), range(CLIENTS))
        return {written: at for each in found for written, at in each.items()}


def _write_alone(client: Client, *, pace: float, until: float) -> dict[Written, float]:
    """Every other command creates, the one after it changes; whatever an answer takes."""
    begun, answered, number = time.perf_counter() + random.random() / pace, dict[Written, float](), 0
    while (now := time.perf_counter()) < until:
        time.sleep(max(0.0, begun + number / pace - now))
        client.change() if number % 2 else client.create()
        answered[str(client.last["id"]), int(client.last["version"])] = time.perf_counter()
        number += 1
    return answered


def _line(lag: list[float], *, share: float, pace: float) -> Line:
    what = f"answer to visible row; {share:.0%} of the ceiling, {pace:.0f} commands/s"
    most = f"most {max(lag) * 1000:.0f} ms"
    if share != SHARES[1]:
        return spread(what, lag, verdict=most)
    is_met = p50(lag) <= P50_MOST and p99(lag) <= P99_MOST
    bar = f"p50 ≤ {P50_MOST * 1000:.0f} ms, p99 ≤ {P99_MOST * 1000:.0f} ms"
    return spread(what, lag, bar=bar, verdict=judged(most, is_met=is_met))
