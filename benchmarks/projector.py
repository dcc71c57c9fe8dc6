"""How many facts a second the projector shows, in one schema and over fifty, against bare bulk upserts of the same."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any

import orjson
from django.db import connection, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from benchmarks.lines import Line
from benchmarks.writer import FIELDS
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.log import Log
from cqrs.models import Home, JournalLine, LedgerLine, Total
from cqrs.projections import row_of
from cqrs.projector import apply
from cqrs.projector.tables import columns_of, values_of
from cqrs.store import Fact, MemoryStore
from cqrs.stream.models import JournalHead
from cqrs.writer import Writer
from tenants.models import Tenant
from todos.domain import TODO, complete
from todos.models import TodoRow

PAGE = 1000
"""Facts in one transaction, as a page of the stream holds them."""

SCHEMAS = 50


def lines(*, facts: int) -> Iterator[Line]:
    """Half of the facts are new todos, half are changes of them."""
    with _tenants("raw", *(f"p{number}" for number in range(SCHEMAS))) as (alone, *codes):
        raw = _upserted(_facts([alone], facts))
        yield Line(what=f"{facts} facts, bare bulk upserts into one schema", rate=f"{raw:.0f} events/s")
        for tenants, where in (codes[:1], "one schema"), (codes, f"{SCHEMAS} schemas"):
            rate, used = _shown(_facts(tenants, facts))
            found = f"{rate / raw:.2f} × bare, {used * 1e6:.0f} µs of our processor time each"
            yield Line(what=f"{facts} facts, projector, {where}", rate=f"{rate:.0f} events/s", verdict=found)


def _facts(tenants: Sequence[str], number: int) -> list[Fact]:
    """Facts of these tenants in turns, in the order in which they were written."""
    store, found = MemoryStore(), list[Fact]()
    writers = [Writer(Log(store, tenant), Origin(Actor("user:1"), source="bench")) for tenant in tenants]
    for each in range(number // 2):
        writer = writers[each % len(writers)]
        made = writer.send(TODO.create(name="Milk", **FIELDS)).version
        writer.send(TODO.ref(made.sk).ask(complete))
        found += store.history(made.id)
    return found


def _shown(facts: Sequence[Fact]) -> tuple[float, float]:
    """Facts a second, and seconds of this process's processor time each."""
    store, begun, used = MemoryStore(), time.perf_counter(), time.process_time()
    for page in batched(facts, PAGE):
        apply(page, store=store)
    return len(facts) / (time.perf_counter() - begun), (time.process_time() - used) / len(facts)


def _upserted(facts: Sequence[Fact]) -> float:
    """Facts a second; what is sent was made beforehand."""
    pages = [_texts(page, start * PAGE) for start, page in enumerate(batched(facts, PAGE))]
    begun = time.perf_counter()
    with schema_context("bench_raw"):
        for journal, rows in pages:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_insert(JournalLine, ""), [journal])
                newer = " ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, status = EXCLUDED.status"
                cursor.execute(_insert(TodoRow, newer), [rows])
    return len(facts) / (time.perf_counter() - begun)


def _texts(facts: Sequence[Fact], position: int) -> tuple[str, str]:
    newest = {fact.id: fact for fact in facts}
    rows = [values_of(row) for row in map(row_of, newest.values()) if row]
    journal = [_line(fact) | {"position": at} for at, fact in enumerate(facts, position + 1)]
    return orjson.dumps(journal, default=str).decode(), orjson.dumps(rows, default=str).decode()


def _line(fact: Fact) -> dict[str, Any]:
    own = ("position", "tenant_code", "entity_id", "attributes")
    line = {name: getattr(fact, name) for name in columns_of(JournalLine) if name not in own}
    return line | {"tenant_code": fact.tenant_code, "entity_id": fact.id, "attributes": fact.state}


def _insert(model: Any, clash: str) -> sql.Composed:
    text = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)" + clash
    columns = sql.SQL(", ").join(map(sql.Identifier, columns_of(model)))
    return sql.SQL(text).format(table=sql.Identifier(model._meta.db_table), columns=columns)


@contextmanager
def _tenants(*codes: str) -> Iterator[Sequence[str]]:
    """Tenants with the tables that are written here, and no others; gone with the block, for no migration knows such
    schemas."""
    for code in codes:
        _make(code)
    try:
        yield codes
    finally:
        for tenant in Tenant.objects.filter(code__in=codes):
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(tenant.schema_name)))
            tenant.delete()
        JournalHead.objects.filter(tenant_code__in=codes).delete()


def _make(code: str) -> None:
    tenant = Tenant.objects.create(code=code, schema_name=f"bench_{code}", name=code, state=Tenant.State.ACTIVE)
    JournalHead.objects.create(tenant_code=code)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(tenant.schema_name)))
    with schema_context(tenant.schema_name), connection.schema_editor() as editor:
        for model in (Home, JournalLine, LedgerLine, Total, TodoRow):
            editor.create_model(model)
        Home.objects.create(tenant_code=code)
