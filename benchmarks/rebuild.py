"""How many entities a second a rebuild makes rows of, against a bare COPY of the same rows; and what verify takes."""

import time
from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from benchmarks.backlog import new_todos, put_past_writer
from benchmarks.lines import Line
from benchmarks.projection import drain
from benchmarks.stage import Stage
from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import DynamoSource
from cqrs.rebuild import rebuild
from cqrs.verify import verify


def lines(stage: Stage, *, entities: int) -> Iterator[Line]:
    """Todos are put into the log past the writer and shown; then all rows of the tenant are made again."""
    for _ in range(0, entities, 10_000):
        put_past_writer(new_todos(stage.tenant, min(10_000, entities)))
    drain()
    rows, raw = _copied(stage.schema)
    yield Line(what=f"{rows} rows, bare COPY into a table with the same indexes", rate=f"{raw:.0f} rows/s")
    begun, used = time.perf_counter(), time.process_time()
    made = rebuild(stage.tenant, store=store(), by="bench")
    rate, each = made / (time.perf_counter() - begun), (time.process_time() - used) / made
    found = f"{rate / raw:.2f} × COPY, {each * 1e6:.0f} µs of our processor time each"
    yield Line(what=f"rebuild of {made} entities, from the log", rate=f"{rate:.0f} entities/s", verdict=found)
    begun = time.perf_counter()
    faults = sum(each.is_fault for each in verify([stage.tenant], source=DynamoSource(), store=store()))
    rate = made / (time.perf_counter() - begun)
    yield Line(what="verify of the same tenant", rate=f"{rate:.0f} entities/s", verdict=f"{faults} differences")


def _copied(schema: str) -> tuple[int, float]:
    """The number of rows, and rows a second; what is sent was read beforehand."""
    table, other = sql.Identifier(schema, "todo"), sql.Identifier(schema, "copied")
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(table)) as out:
            blocks = [bytes(block) for block in out]
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(other, table))
        begun = time.perf_counter()
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(other)) as into:
            for block in blocks:
                into.write(block)
        seconds, rows = time.perf_counter() - begun, cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(other))
    return rows, rows / seconds
