"""What Postgres knows of a schema, but for its name: with the same catalogue, two are the same to any statement."""

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper

OF = "(SELECT oid FROM pg_namespace WHERE nspname = %s)"

QUESTIONS = {
    "tables": "SELECT relname, relkind, relpersistence, reloptions, relrowsecurity, relreplident, obj_description(oid)"
    f" FROM pg_class WHERE relnamespace = {OF}",
    "columns": "SELECT relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,"
    " attgenerated, attcollation, attstorage, attstattarget, pg_get_expr(adbin, adrelid),"
    " col_description(pg_class.oid, attnum)"
    " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND"
    f" adnum = attnum WHERE relnamespace = {OF} AND attnum > 0 AND NOT attisdropped AND relkind <> 'i'",
    "constraints": "SELECT relname, conname, contype, condeferrable, condeferred, convalidated,"
    " pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
    f" WHERE relnamespace = {OF}",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
    "sequences": "SELECT sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size"
    " FROM pg_sequences WHERE schemaname = %s",
    "triggers": "SELECT relname, tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON"
    f" pg_class.oid = tgrelid WHERE relnamespace = {OF} AND NOT tgisinternal",
    "functions": f"SELECT proname, prosrc FROM pg_proc WHERE pronamespace = {OF}",
    "types": f"SELECT typname, typtype FROM pg_type WHERE typnamespace = {OF}",
    "policies": "SELECT tablename, policyname, qual FROM pg_policies WHERE schemaname = %s",
    "rights": f"SELECT relname, relacl::text FROM pg_class WHERE relnamespace = {OF}",
}


def catalogue(cursor: CursorWrapper, schema: str) -> Mapping[str, list[tuple[Any, ...]]]:
    """Everything, in an order of its own, with the schema's name taken out."""
    found = {}
    for what, question in QUESTIONS.items():
        cursor.execute(question, [schema])
        rows = [tuple(_nameless(value, schema) for value in row) for row in cursor.fetchall()]
        found[what] = sorted(rows, key=repr)
    return found


def _nameless(value: Any, schema: str) -> Any:
    return value.replace(f"{schema}.", "") if isinstance(value, str) else value
