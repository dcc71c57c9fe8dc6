"""A schema made as the copy of another: the same tables, constraints and indexes by the same names, and the record of
the migrations that made them. A few hundredths of a second, where migrating takes seconds.

What stands in Postgres' catalogue is the pattern, not the models: it has what the migrations made of it.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django_tenants.utils import schema_context
from psycopg import sql

RECORD = "django_migrations"

BEYOND = (
    "SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = {schema} AND relkind NOT IN ('r', 'i', 'S')"
    " UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE relnamespace = {schema} AND NOT tgisinternal"
    " UNION ALL SELECT 'policy ' || polname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
    " WHERE relnamespace = {schema}"
    " UNION ALL SELECT 'row security of ' || relname FROM pg_class WHERE relnamespace = {schema} AND relrowsecurity"
    " UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = {schema}"
    " UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = {schema} AND typtype <> 'c'"
    " AND typelem = 0"
    " UNION ALL SELECT 'sequence of ' || relname FROM pg_class WHERE relnamespace = {schema} AND relkind = 'S'"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i')"
)
"""What a schema has that `copy` would leave out."""

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = {schema} AND relkind = 'r' ORDER BY 1"

CONSTRAINTS = (
    "SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint JOIN pg_class"
    " ON pg_class.oid = conrelid WHERE relnamespace = {schema} AND contype IN ('p', 'u', 'x', 'f')"
    " ORDER BY contype = 'f', relname, conname"
)
"""Keys before the references to them. Checks, and what may not be null, come with the columns."""

INDEXES = (
    "SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE relnamespace = {schema} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1"
)


def beyond(pattern: str) -> list[str]:
    """What `copy` cannot copy of this schema, by kind and name; empty where it can copy all of it."""
    with connection.cursor() as cursor:
        return [name for (name,) in _asked(cursor, BEYOND, pattern)]


def copy(pattern: str, schema: str) -> None:
    """Make the schema, with everything that the pattern has but its rows; in the transaction that is open.

    A pattern that is being migrated is waited for, briefly: then Postgres' LockNotAvailable.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '500ms'")  # before a migration could take us for a deadlock
        cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(pattern, RECORD)))
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    with schema_context(pattern), connection.cursor() as cursor:  # what Postgres sees, it names without its schema
        statements = [statement for part in (_tables, _keys, _indexes) for statement in part(cursor, pattern, schema)]
    with schema_context(schema), connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(statements))


def _tables(cursor: CursorWrapper, pattern: str, schema: str) -> Iterator[sql.Composable]:
    like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES)")
    for (table,) in _asked(cursor, TABLES, pattern):
        yield like.format(sql.Identifier(schema, table), sql.Identifier(pattern, table))
    names = {"new": sql.Identifier(schema, RECORD), "old": sql.Identifier(pattern, RECORD)}
    rows = "INSERT INTO {new} (app, name, applied) SELECT app, name, applied FROM {old} ORDER BY id"
    yield sql.SQL(rows).format(**names)


def _keys(cursor: CursorWrapper, pattern: str, schema: str) -> Iterator[sql.Composable]:
    add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
    for table, name, definition in _asked(cursor, CONSTRAINTS, pattern):
        yield add.format(sql.Identifier(schema, table), sql.Identifier(name), sql.SQL(definition))


def _indexes(cursor: CursorWrapper, pattern: str, schema: str) -> Iterator[sql.Composable]:
    for (definition,) in _asked(cursor, INDEXES, pattern):
        yield sql.SQL(definition.replace(f" ON {pattern}.", f" ON {schema}."))


def _asked(cursor: CursorWrapper, question: str, schema: str) -> list[tuple[str, ...]]:
    cursor.execute(sql.SQL(question).format(schema=sql.SQL("{}::regnamespace").format(sql.Literal(schema))))
    found: list[tuple[str, ...]] = cursor.fetchall()
    return found
