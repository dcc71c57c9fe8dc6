"""What the stores hold of one tenant, read from outside: the whole events table, and Postgres by plain SQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.stage import Stage
from config.environment import environment
from cqrs.store import Fact

TABLES = {"ARTICLE": "article", "PURCHASE": "purchase", "TODO": "todo"}
"""The table that shows entities of a type."""

type Record = Mapping[str, Any]
"""A row of Postgres, as its `to_jsonb` says it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`facts` per entity, by version; `lines` in the order of their positions; `rows` by the entity's id. `position` is
    what the journal's head says."""

    facts: Mapping[str, Sequence[Fact]]
    lines: Sequence[Record]
    position: int
    rows: Mapping[str, Record]


def facts_of(tenant: str) -> dict[str, list[Fact]]:
    """Every version in the events table that is this tenant's."""
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up

    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for page in store().scan():
        for fact in page:
            if fact.tenant_code == tenant:
                found[fact.id].append(fact)
    return {id: sorted(facts, key=lambda fact: fact.version) for id, facts in found.items()}


def gather(stage: Stage, facts: Mapping[str, Sequence[Fact]]) -> Evidence:
    """The evidence of one moment, in which nobody writes."""
    with psycopg.connect(environment().database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        lines = _all(connection, stage.schema, "journal")
        rows = [row for table in TABLES.values() for row in _all(connection, stage.schema, table)]
        [home] = _all(connection, stage.schema, "home")
    lines.sort(key=lambda line: int(line["position"]))
    return Evidence(facts, lines, int(home["position"]), {row["id"]: row for row in rows})


def _all(connection: "psycopg.Connection[tuple[Any, ...]]", schema: str, table: str) -> list[Record]:
    query = sql.SQL("SELECT to_jsonb(each) FROM {} AS each").format(sql.Identifier(schema, table))
    return [record for (record,) in connection.execute(query)]
