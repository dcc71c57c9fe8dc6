"""The plans of what is asked of Postgres while the larger shop is read: none goes through a whole large table."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from benchmarks.big_shop.reads import paths, read
from benchmarks.lines import Line, judged
from benchmarks.stage import Stage

LARGE = 1000
"""Rows from which on a table is large."""


def lines(stage: Stage) -> Iterator[Line]:
    """One line: how many statements were looked at, and where one goes through a large table."""
    seen, found = set[str](), list[str]()
    with schema_context(stage.schema), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders")
        orders: int = cursor.fetchone()[0]
        for what, path in paths(orders=orders).items():
            with CaptureQueriesContext(connection) as asked:
                read(stage, path)
            connection.set_schema(stage.schema)  # type: ignore[attr-defined]  # of django-tenants' backend
            for sql in {each["sql"] for each in asked if each["sql"].startswith("SELECT")} - seen:
                seen.add(sql)
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
                [explained] = _json(cursor.fetchone()[0])
                found += [f"{what}: {table}" for table in _scanned(explained["Plan"])]
    verdict = judged(", ".join(found) or "none", is_met=not found)
    yield Line(what=f"sequential scans in {len(seen)} plans", bar="none of a large table", verdict=verdict)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _scanned(plan: Mapping[str, Any]) -> Iterator[str]:
    """The large tables that a plan reads whole, also to leave most of it out."""
    if plan["Node Type"] == "Seq Scan" and _rows(plan["Relation Name"]) >= LARGE:
        yield plan["Relation Name"]
    for each in plan.get("Plans", ()):
        yield from _scanned(each)


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])
