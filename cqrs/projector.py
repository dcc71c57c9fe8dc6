"""From facts to rows and journal: exactly once in effect, in any order and any number of deliveries.

One transaction shows a batch: per tenant it locks the home row, so that this tenant's journal grows by one writer at a
time and its positions are gapless and in the order of commits; it adds a journal line for each version above the one
shown; it replaces the entity's row by its newest version. All that takes stands together here, just past 150 lines.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby
from typing import Any

import orjson
import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django_tenants.utils import get_tenant_model
from psycopg import sql

from cqrs.domain import Version
from cqrs.models import Home, JournalLine
from cqrs.projections import row_of
from cqrs.store import Fact, Store

CHANNEL = "journal"
"""Postgres notifies this channel of each tenant whose journal grew."""


_log = structlog.get_logger(__name__)
_schemas: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Batch:
    """One tenant's part: per entity, the versions from the first not shown up to the newest delivered."""

    tenant: str
    schema: str
    facts: Mapping[str, list[Fact]]


def apply(facts: Iterable[Fact], *, store: Store, commit: Callable[[CursorWrapper], None] = lambda cursor: None) -> int:
    """Show these facts, and `commit` (a checkpoint) in the same transaction. Returns the number of journal lines.

    A version missing below a delivered one is read from the log first, outside the transaction. Facts of a tenant
    without a schema are held. UnknownType; whatever `commit` raises undoes all of it.
    """
    by_tenant: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_tenant[fact.tenant_code].append(fact)
    strangers = [tenant for tenant in by_tenant if schema_of(tenant) is None]
    batches = [_complete(tenant, by_tenant[tenant], store) for tenant in sorted(by_tenant.keys() - strangers)]
    with transaction.atomic(), connection.cursor() as cursor:
        lines = sum(_show(cursor, batch) for batch in batches)
        _hold(cursor, strangers)
        commit(cursor)
    return lines


def _hold(cursor: CursorWrapper, tenants: list[str]) -> None:
    """Their facts wait in the log; `cqrs.stream.leases.admit` sees to it that they are read again."""
    if tenants:
        _log.error("facts of tenants without a schema", tenants=tenants)
        cursor.execute("INSERT INTO public.held SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [tenants])


def _complete(tenant: str, delivered: list[Fact], store: Store) -> _Batch:
    schema = _schemas[tenant]
    by_entity: defaultdict[str, dict[int, Fact]] = defaultdict(dict)
    for fact in delivered:
        by_entity[fact.id][fact.version] = fact
    with connection.cursor() as cursor:
        shown = _shown(cursor, schema, by_entity)
    return _Batch(tenant, schema, {id: _gapless(id, got, shown.get(id, 0), store) for id, got in by_entity.items()})


def _gapless(id: str, got: dict[int, Fact], shown: int, store: Store) -> list[Fact]:
    wanted = range(shown + 1, max(got) + 1)
    if any(version not in got for version in wanted):
        got |= {fact.version: fact for fact in store.history(id, after=shown, limit=len(wanted))}
    return [got[version] for version in wanted]


def _show(cursor: CursorWrapper, batch: _Batch) -> int:
    position = _lock(cursor, batch.schema)
    shown = _shown(cursor, batch.schema, batch.facts)
    fresh = [[fact for fact in facts if fact.version > shown.get(id, 0)] for id, facts in batch.facts.items()]
    lines = sorted((fact for facts in fresh for fact in facts), key=lambda fact: (fact.at, fact.version))
    if not lines:
        return 0
    _put(cursor, batch.schema, JournalLine, (_line(fact, at) for at, fact in enumerate(lines, position + 1)))
    rows = sorted((row_of(facts[-1]) for facts in fresh if facts), key=lambda row: (row._meta.db_table, row.id))
    for model, same in groupby(rows, type):
        _put(cursor, batch.schema, model, map(_columns, same), newer=True)
    _advance(cursor, batch, position + len(lines))
    return len(lines)


def _lock(cursor: CursorWrapper, schema: str) -> int:
    cursor.execute(sql.SQL("SELECT position FROM {} FOR NO KEY UPDATE").format(_table(schema, Home)))
    return int(cursor.fetchone()[0])


def _advance(cursor: CursorWrapper, batch: _Batch, position: int) -> None:
    cursor.execute(sql.SQL("UPDATE {} SET position = %s").format(_table(batch.schema, Home)), [position])
    cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, batch.tenant])


def _shown(cursor: CursorWrapper, schema: str, ids: Collection[str]) -> dict[str, int]:
    newest = "SELECT id, (SELECT max(version) FROM {} WHERE entity_id = id) FROM unnest(%s::text[]) id"
    cursor.execute(sql.SQL(newest).format(_table(schema, JournalLine)), [list(ids)])
    return {id: version or 0 for id, version in cursor.fetchall()}


def _put(
    cursor: CursorWrapper, schema: str, model: type[Model], rows: Iterable[Mapping[str, Any]], *, newer: bool = False
) -> None:
    """Insert rows, or replace older ones. They travel as one JSON text; the table's own columns say what becomes of
    it."""
    names: dict[str, sql.Composable] = {"table": _table(schema, model), "own": sql.Identifier(model._meta.db_table)}
    names |= {"columns": sql.SQL(", ").join(map(sql.Identifier, _names(model)))}
    names |= {"new": sql.SQL(", ").join(sql.SQL("EXCLUDED.{}").format(sql.Identifier(each)) for each in _names(model))}
    insert = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    replace = " ON CONFLICT (id) DO UPDATE SET ({columns}) = ROW({new}) WHERE {own}.version < EXCLUDED.version"
    statement = sql.SQL(insert + replace if newer else insert).format(**names)
    cursor.execute(statement, [orjson.dumps(list(rows), default=str).decode()])


def _line(fact: Fact, position: int) -> dict[str, Any]:
    line: dict[str, Any] = {field.name: getattr(fact, field.name) for field in fields(Version)}
    attributes = line.pop("state")
    return line | {"position": position, "entity_id": fact.id, "attributes": attributes}


def _columns(row: Model) -> dict[str, Any]:
    return {name: getattr(row, attribute) for name, attribute in _names(type(row)).items()}


@cache
def _names(model: type[Model]) -> dict[str, str]:
    """The model's columns, each with the attribute that holds it."""
    return {str(field.column): field.attname for field in model._meta.concrete_fields}


def _table(schema: str, model: type[Model]) -> sql.Identifier:
    return sql.Identifier(schema, model._meta.db_table)


def schema_of(tenant: str) -> str | None:
    """The schema of a tenant, which never changes once there is one."""
    if tenant not in _schemas:
        found = get_tenant_model().objects.filter(code=tenant).values_list("schema_name", flat=True).first()
        if found is None:
            return None
        _schemas[tenant] = str(found)
    return _schemas[tenant]
