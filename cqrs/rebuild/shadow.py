"""Tables made again beside the live ones, in a schema of their own: the same columns, constraints and indexes, by the
same names, so that later migrations find what they expect.

The live table itself is the pattern, not the model: it has what the migrations made of it.
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import sql

from cqrs.projector.tables import table_of

COLUMNS = (
    "SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attcollation,"
    " pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
    " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)

CONSTRAINTS = (
    "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(%s) ORDER BY 1"
)

INDEXES = (
    "SELECT relname, pg_get_indexdef(indexrelid), to_regclass(%s)::text FROM pg_index JOIN pg_class ON oid = indexrelid"
    " WHERE indrelid = to_regclass(%s) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
    " ORDER BY 1"
)
"""Those that are not a constraint's own."""

COPIED = {"c", "n"}
"""Constraints that LIKE copies: checks, and what may not be null."""

PLACE = ' ON "?" '
"""Stands for the table in the definition of an index."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a table is, but for the schema it stands in."""

    columns: tuple[tuple[object, ...], ...]
    constraints: tuple[tuple[str, str, str], ...]
    indexes: tuple[tuple[str, str], ...]


def definition(cursor: CursorWrapper, schema: str, model: type[Model]) -> Definition:
    """The definition of a table; empty where there is none. The session's own schema must be another, so that Postgres
    names schemas in full."""
    table = table_of(schema, model).as_string()
    cursor.execute(COLUMNS, [table])
    columns = tuple(cursor.fetchall())
    cursor.execute(CONSTRAINTS, [table])
    constraints = tuple(cursor.fetchall())
    cursor.execute(INDEXES, [table, table])
    indexes = tuple((name, of.replace(f" ON {itself} ", PLACE)) for name, of, itself in cursor.fetchall())
    return Definition(columns, constraints, indexes)


def create(cursor: CursorWrapper, live: str, shadow: str, model: type[Model]) -> Definition:
    """The bare table: without keys and indexes it is filled faster. What it is to become at last."""
    names = {"shadow": table_of(shadow, model), "live": table_of(live, model)}
    cursor.execute(sql.SQL("CREATE TABLE {shadow} (LIKE {live} INCLUDING ALL EXCLUDING INDEXES)").format(**names))
    return definition(cursor, live, model)


def complete(cursor: CursorWrapper, shadow: str, model: type[Model], pattern: Definition) -> None:
    """Keys, references and indexes, and what the planner has to know of a table that is new and full."""
    table = table_of(shadow, model)
    for name, kind, of in pattern.constraints:
        if kind not in COPIED:
            add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(table, sql.Identifier(name))
            cursor.execute(add + sql.SQL(of))
    for _, of in pattern.indexes:
        cursor.execute(of.replace(PLACE, f" ON {table.as_string()} "))
    cursor.execute(sql.SQL("ANALYZE {}").format(table))


def move(cursor: CursorWrapper, shadow: str, live: str, model: type[Model]) -> None:
    """The shadow's table in the place of the live one."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be moved
    cursor.execute(sql.SQL("DROP TABLE {}").format(table_of(live, model)))
    moved = sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(table_of(shadow, model), sql.Identifier(live))
    cursor.execute(moved)


def create_schema(cursor: CursorWrapper, name: str) -> None:
    """An empty schema."""
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))


def drop_schema(cursor: CursorWrapper, name: str) -> None:
    """Remove a schema with all that is in it."""
    cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


def schemas_like(cursor: CursorWrapper, prefix: str) -> list[str]:
    """The schemas whose names begin like this."""
    cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", [prefix])
    return [name for (name,) in cursor.fetchall()]
