"""How many facts a second one follower makes into rows and journal lines."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.lines import Line
from benchmarks.stage import Stage
from benchmarks.writer import FIELDS, writer_into
from cqrs.stream.slices import follow
from cqrs.writer import Writer
from todos.domain import TODO, complete

WRITERS = 4


def lines(stage: Stage, *, facts: int) -> Iterator[Line]:
    """Write first, then follow: half of the facts are new todos, half are changes of them."""
    drain()
    writer = writer_into(stage)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(_two_facts, [writer] * (facts // 2)))
    begun = time.perf_counter()
    shown = drain()
    rate = f"{shown / (time.perf_counter() - begun):.0f} events/s"
    yield Line(what=f"projection of {shown} facts; one follower", rate=rate)


def _two_facts(writer: Writer) -> None:
    made = writer.send(TODO.create(name="Milk", **FIELDS)).version
    writer.send(TODO.ref(made.sk).ask(complete))


def drain() -> int:
    """Follow until there is nothing new. Returns the number of journal lines."""
    shown = 0
    while lines := follow():
        shown += lines
    return shown
