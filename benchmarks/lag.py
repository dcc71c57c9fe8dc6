"""How long after a write's answer its row is visible, at a steady pace, with the real processes."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from benchmarks.lines import Line, judged, p50, p99, spread
from benchmarks.over_http import Client
from benchmarks.stage import Stage
from config.environment import environment
from cqrs.projector import CHANNEL
from face.ids import public_id

PACE = 20
"""Commands a second."""

P50_MOST, P99_MOST = 0.05, 0.2
PATIENCE = 5.0
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
    """Every other command creates, the one after it changes."""
    watch = Watch(stage.schema)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    watch.ready.wait(PATIENCE)
    answered = _write(Client(stage), commands=seconds * PACE)
    deadline = time.monotonic() + PATIENCE
    while not answered.keys() <= watch.seen.keys() and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.done.set()
    thread.join()
    lag = [max(0.0, watch.seen[written] - at) for written, at in answered.items()]
    yield _line(lag)


def _write(client: Client, *, commands: int) -> dict[Written, float]:
    """Send at the pace, whatever an answer takes; when each was answered."""
    begun, answered = time.perf_counter(), {}
    for number in range(commands):
        time.sleep(max(0.0, begun + number / PACE - time.perf_counter()))
        client.change() if number % 2 else client.create()
        answered[str(client.last["id"]), int(client.last["version"])] = time.perf_counter()
    return answered


def _line(lag: list[float]) -> Line:
    is_met = p50(lag) <= P50_MOST and p99(lag) <= P99_MOST
    verdict = judged(f"most {max(lag) * 1000:.0f} ms", is_met=is_met)
    bar = f"p50 ≤ {P50_MOST * 1000:.0f} ms, p99 ≤ {P99_MOST * 1000:.0f} ms"
    return spread(f"answer to visible row; {PACE} commands/s", lag, bar=bar, verdict=verdict)
