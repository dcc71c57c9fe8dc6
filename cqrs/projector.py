"""From facts to rows and journal: exactly once in effect, in any order and any number of deliveries.

One transaction shows a batch: per tenant it locks the home row, so that this tenant's journal grows by one writer at a
time and its positions are gapless and in the order of commits; it adds a journal line for each version above the one
shown; it replaces the entity's row by its newest version.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby
from typing import Any

import orjson
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


class UnknownTenant(Exception):
    """The log holds facts of a tenant that has no schema here. They wait."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """One tenant's part: per entity, the versions from the first not shown up to the newest delivered."""

    tenant: str
    schema: str
    facts: Mapping[str, list[Fact]]


def apply(facts: Iterable[Fact], *, store: Store, commit: Callable[[CursorWrapper], None] = lambda cursor: None) -> int:
    """Show these facts, and `commit` (a checkpoint) in the same transaction. Returns the number of journal lines.

    A version missing below a delivered one is read from the log first, outside the transaction.
    UnknownTenant, UnknownType; whatever `commit` raises undoes all of it.
    """
    ordered = sorted(facts, key=lambda fact: fact.tenant_code)
    batches = [_complete(tenant, list(part), store) for tenant, part in groupby(ordered, lambda fact: fact.tenant_code)]
    with transaction.atomic(), connection.cursor() as cursor:
        lines = sum(_show(cursor, batch) for batch in batches)
        commit(cursor)
    return lines


def _complete(tenant: str, delivered: list[Fact], store: Store) -> _Batch:
    schema = schema_of(tenant)
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
    _insert(cursor, batch.schema, JournalLine, (_line(fact, at) for at, fact in enumerate(lines, position + 1)))
    rows = sorted((row_of(facts[-1]) for facts in fresh if facts), key=lambda row: (row._meta.db_table, row.id))
    for model, same in groupby(rows, type):
        _upsert(cursor, batch.schema, model, map(_columns, same))
    _advance(cursor, batch, position + len(lines))
    return len(lines)


def _lock(cursor: CursorWrapper, schema: str) -> int:
    cursor.execute(sql.SQL("SELECT position FROM {} FOR NO KEY UPDATE").format(_table(schema, Home)))
    return int(cursor.fetchone()[0])


def _advance(cursor: CursorWrapper, batch: _Batch, position: int) -> None:
    cursor.execute(sql.SQL("UPDATE {} SET position = %s").format(_table(batch.schema, Home)), [position])
    cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, batch.tenant])


def _shown(cursor: CursorWrapper, schema: str, ids: Collection[str]) -> dict[str, int]:
    newest = "SELECT entity_id, max(version) FROM {} WHERE entity_id = ANY(%s) GROUP BY entity_id"
    cursor.execute(sql.SQL(newest).format(_table(schema, JournalLine)), [list(ids)])
    return dict(cursor.fetchall())


def _insert(cursor: CursorWrapper, schema: str, model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    cursor.execute(_insertion(schema, model), [orjson.dumps(list(rows), default=str).decode()])


def _upsert(cursor: CursorWrapper, schema: str, model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    columns = [sql.Identifier(name) for name in _names(model)]
    newer = sql.SQL(" ON CONFLICT (id) DO UPDATE SET ({}) = ROW({}) WHERE {}.version < EXCLUDED.version").format(
        sql.SQL(", ").join(columns),
        sql.SQL(", ").join(sql.SQL("EXCLUDED.{}").format(column) for column in columns),
        sql.Identifier(model._meta.db_table),
    )
    cursor.execute(_insertion(schema, model) + newer, [orjson.dumps(list(rows), default=str).decode()])


def _insertion(schema: str, model: type[Model]) -> sql.Composed:
    """All rows travel as one JSON text; the table's own columns say what becomes of it."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in _names(model))
    insert = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    return sql.SQL(insert).format(table=_table(schema, model), columns=columns)


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


@cache
def schema_of(tenant: str) -> str:
    """The schema of a tenant, which never changes. UnknownTenant."""
    found = get_tenant_model().objects.filter(code=tenant).values_list("schema_name", flat=True).first()
    if found is None:
        raise UnknownTenant(tenant)
    return str(found)
