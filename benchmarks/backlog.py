"""The real worker before a backlog: how fast it shows it, and what memory its follower takes."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.lines import Line
from benchmarks.stage import Stage
from benchmarks.writer import FIELDS
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.client import dynamodb, table, until_decided
from cqrs.dynamodb.items import fact_item
from cqrs.log import Log
from cqrs.store import Fact, MemoryStore
from cqrs.stream.models import JournalHead
from cqrs.writer import Writer
from todos.domain import TODO

BATCH = 25
"""Items in one BatchWriteItem; DynamoDB's own limit."""

WRITERS = 4
PATIENCE = 600.0


def lines(stage: Stage, pid_file: Path, *, facts: int) -> Iterator[Line]:
    """Facts are put into the table past the writer, faster than it could; the worker follows meanwhile."""
    worker, before = int(pid_file.read_text("ascii")), _position(stage)
    started = memory_of(follower_of(worker))
    begun = time.perf_counter()
    for _ in range(0, facts, 10_000):
        put_past_writer(new_todos(stage.tenant, min(10_000, facts)))
    _until(lambda: _position(stage) >= before + facts)
    rate = facts / (time.perf_counter() - begun)
    ended = memory_of(follower_of(worker))
    yield Line(what=f"{facts} facts put past the writer and shown meanwhile; one worker", rate=f"{rate:.0f} events/s")
    yield Line(what="memory of its follower, before and after", rate=f"{started:.0f} and {ended:.0f} MB")


def follower_of(worker: int) -> int:
    """The process that follows for a worker: the child of the server which the worker forks it from."""
    parents = {int(each.name): _parent(each) for each in Path("/proc").iterdir() if each.name.isdigit()}
    servers = {pid for pid, parent in parents.items() if parent == worker}
    return next(pid for pid, parent in parents.items() if parent in servers)


def memory_of(pid: int) -> float:
    """Resident megabytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def new_todos(tenant: str, number: int) -> list[Fact]:
    """So many facts, each of a todo of its own."""
    store, run = MemoryStore(), time.time_ns()
    store._numbers[f"SEQ#{tenant}", "TODO"] = run
    writer = Writer(Log(store, tenant), Origin(Actor("user:1"), source="bench"))
    made = [writer.send(TODO.create(name="Milk", **FIELDS)).version for _ in range(number)]
    return [fact for version in made if (fact := store.read(version.id))]


def put_past_writer(facts: Sequence[Fact]) -> None:
    """Put facts into the table as they are."""
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(_put_batch, batched(facts, BATCH)))


def _put_batch(facts: Sequence[Fact]) -> None:
    request: Any = {table("events"): [{"PutRequest": {"Item": fact_item(fact)}} for fact in facts]}
    while request:
        answer = until_decided(partial(dynamodb().batch_write_item, RequestItems=request))
        request = answer.get("UnprocessedItems")


def _position(stage: Stage) -> int:
    try:
        return JournalHead.objects.get(tenant_code=stage.tenant).position
    finally:
        connection.close()


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "the worker does not keep up"
        time.sleep(0.05)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:
        return 0  # it has just ended
