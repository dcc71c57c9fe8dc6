"""Rows as they should be beside those that stand there, compared by Postgres: values pass through the very columns that
they are written through."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import sql

from cqrs.projector.tables import columns_of, table_of

type Row = Mapping[str, Any]


def differing(
    cursor: CursorWrapper, schema: str, model: type[Model], rows: Iterable[Row], *, key: Sequence[str]
) -> list[tuple[Row, Row | None]]:
    """Of these rows, given by column, those that stand otherwise, as they should be and as they are (None: not there).
    A column that a row does not name is not compared."""
    wanted = list(rows)
    if not wanted:
        return []
    every = {str(field.column) for field in model._meta.concrete_fields}
    unnamed = sorted(every - (columns_of(model).keys() & wanted[0].keys()))
    cursor.execute(_statement(schema, model, key), [unnamed, unnamed, orjson.dumps(wanted, default=str).decode()])
    return [(orjson.loads(want), orjson.loads(there) if there else None) for want, there in cursor.fetchall()]


def told(want: Row, there: Row) -> tuple[str, str]:
    """The columns in which they differ, as they should be and as they are; each at most 200 characters."""
    differ = [name for name in want if want[name] != there.get(name)]
    return _short({name: want[name] for name in differ}), _short({name: there.get(name) for name in differ})


def _statement(schema: str, model: type[Model], key: Sequence[str]) -> sql.Composed:
    same = sql.SQL(" AND ").join(sql.SQL("there.{0} = want.{0}").format(sql.Identifier(name)) for name in key)
    return sql.SQL(
        "SELECT want::text, there::text FROM (SELECT to_jsonb(want) - %s::text[] AS want, to_jsonb(there) - %s::text[]"
        " AS there FROM json_populate_recordset(NULL::{table}, %s) want LEFT JOIN {table} there ON {same}) AS both_"
        " WHERE there IS DISTINCT FROM want"
    ).format(table=table_of(schema, model), same=same)


def _short(values: Row) -> str:
    text = orjson.dumps(values).decode()
    return text if len(text) <= 200 else f"{text[:199]}…"
