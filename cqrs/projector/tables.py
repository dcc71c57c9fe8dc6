"""Rows in bulk into any schema's table: they travel as one JSON text, and the table's own columns say what becomes of
it."""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any

import orjson
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Model
from psycopg import sql


def table_of(schema: str, model: type[Model]) -> sql.Identifier:
    """The table of a model in a schema."""
    return sql.Identifier(schema, model._meta.db_table)


def columns_of(model: type[Model]) -> dict[str, str]:
    """The model's columns, each with the attribute that holds it. An id that Postgres counts itself, and a column that
    it generates, is none; one with a default of Postgres' is."""
    return _columns(model)


def values_of(row: Model) -> dict[str, Any]:
    """A row's values by column."""
    return {name: getattr(row, attribute) for name, attribute in columns_of(type(row)).items()}


class Clash(Enum):
    """What becomes of a row that stands where one is put."""

    FAILS = ""
    REPLACED = " ON CONFLICT (id) DO UPDATE SET ({columns}) = ROW({new})"
    REPLACED_IF_OLDER = f"{REPLACED} WHERE {{own}}.version < EXCLUDED.version"


def put(
    cursor: CursorWrapper,
    schema: str,
    model: type[Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    clash: Clash = Clash.FAILS,
) -> None:
    """Write rows, given by column."""
    cursor.execute(_statement(schema, model, clash), [orjson.dumps(list(rows), default=str).decode()])


@cache
def _columns(model: type[Model]) -> dict[str, str]:
    own = (field for field in model._meta.concrete_fields if not (field.generated or isinstance(field, AutoField)))
    return {str(field.column): field.attname for field in own}


@cache
def _statement(schema: str, model: type[Model], clash: Clash) -> sql.Composed:
    names: dict[str, sql.Composable] = {"table": table_of(schema, model), "own": sql.Identifier(model._meta.db_table)}
    names |= {"columns": sql.SQL(", ").join(map(sql.Identifier, columns_of(model)))}
    new = (sql.SQL("EXCLUDED.{}").format(sql.Identifier(each)) for each in columns_of(model))
    insert = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    return sql.SQL(insert + clash.value).format(**names, new=sql.SQL(", ").join(new))
