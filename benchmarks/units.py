"""What a command costs in DynamoDB's write units, as DynamoDB itself counts them."""

from collections.abc import Callable, Iterator

from benchmarks.lines import Line, judged
from benchmarks.stage import Stage
from benchmarks.writer import FIELDS, writer_into
from cqrs.tests.units import counted
from cqrs.writer import Once
from todos.domain import TODO, complete, edit


def lines(stage: Stage) -> Iterator[Line]:
    """A plain change is one put, and one put is one unit."""
    writer = writer_into(stage)
    made = writer.send(TODO.create(name="Milk", **FIELDS)).version
    ref = TODO.ref(made.sk)
    yield _line("change", lambda: writer.send(ref.ask(edit, name="Oat milk")), most=1)
    yield _line("create, with a fast number", lambda: writer.send(TODO.create(name="Milk", **FIELDS)), most=2)
    yield _line("change that changes nothing", lambda: writer.send(ref.ask(edit, name="Oat milk")), most=0)
    yield _line("change with an Idempotency-Key", lambda: writer.send(ref.ask(complete), once=Once("k", "d")), most=4)


def _line(what: str, command: Callable[[], object], *, most: int) -> Line:
    with counted() as units:
        command()
    found = units.put + 2 * sum(units.actions)  # a transaction writes each item twice
    return Line(
        what=f"write units: {what}",
        rate=f"{found:g} units",
        bar=f"≤ {most}",
        verdict=judged(f"{found:g}", is_met=found <= most),
    )
