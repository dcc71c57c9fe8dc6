"""What the stores hold of one tenant, read from outside: the whole events table, and Postgres by plain SQL."""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.stage import Stage
from config.environment import environment
from cqrs.store import Fact

TABLES = {"ARTICLE": "article", "PURCHASE": "purchase", "TODO": "todo", "SUBSCRIPTION": "subscription"}
"""The table that shows entities of a type."""

COUNTERS = ("STOCK",)
"""The kinds of counters there are."""

POLL = 0.1

type Number = tuple[str, str, str]
type Record = Mapping[str, Any]
"""A row of Postgres, as its `to_jsonb` says it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`facts` per entity, by version; `lines` of the journal and `moves` of the ledger in the order of their positions;
    `rows` by the entity's id. `position` is what the journal's head says; `counters` are DynamoDB's numbers, by kind,
    key and name, `totals` those of Postgres."""

    facts: Mapping[str, Sequence[Fact]]
    lines: Sequence[Record]
    position: int
    rows: Mapping[str, Record]
    moves: Sequence[Record] = ()
    totals: Mapping[Number, int] = field(default_factory=dict)
    counters: Mapping[Number, int] = field(default_factory=dict)


def facts_of(tenant: str) -> dict[str, list[Fact]]:
    """Every version in the events table that is this tenant's."""
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up

    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for page in store().scan():
        for fact in page:
            if fact.tenant_code == tenant:
                found[fact.id].append(fact)
    return {id: sorted(facts, key=lambda fact: fact.version) for id, facts in found.items()}


def await_lines(stage: Stage, count: int, *, but: Collection[str], within: float) -> float | None:
    """The instant at which the journal has so many lines of other entities; None when that takes longer."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE entity_id <> ALL(%s)").format(
        sql.Identifier(stage.schema, "journal")
    )
    deadline = time.monotonic() + within
    with psycopg.connect(environment().database, autocommit=True) as connection:
        while time.monotonic() < deadline:
            if connection.execute(query, [list(but)]).fetchall()[0][0] >= count:
                return time.perf_counter()
            time.sleep(POLL)
    return None


def gather(stage: Stage, facts: Mapping[str, Sequence[Fact]]) -> Evidence:
    """The evidence of one moment, in which nobody writes."""
    with psycopg.connect(environment().database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = {
            name: _all(connection, stage.schema, name) for name in ("journal", "ledger", "total", *TABLES.values())
        }
        heads = _all(connection, "public", "journal_head")
    rows = [row for table in TABLES.values() for row in found[table]]
    return Evidence(
        facts,
        sorted(found["journal"], key=lambda line: int(line["position"])),
        next((int(head["position"]) for head in heads if head["tenant_code"] == stage.tenant), 0),
        {row["id"]: row for row in rows},
        sorted(found["ledger"], key=lambda line: int(line["position"])),
        {(each["kind"], each["key"], each["number"]): int(each["total"]) for each in found["total"]},
        _counters(stage.tenant),
    )


def _all(connection: "psycopg.Connection[tuple[Any, ...]]", schema: str, table: str) -> list[Record]:
    query = sql.SQL("SELECT to_jsonb(each) FROM {} AS each").format(sql.Identifier(schema, table))
    return [record for (record,) in connection.execute(query)]


def _counters(tenant: str) -> dict[Number, int]:
    from cqrs.dynamodb.store import store  # noqa: PLC0415  # imported once Django is set up

    return {
        (kind, key, name): number
        for kind in COUNTERS
        for key, tally in store().counters(f"{kind}#{tenant}")
        for name, number in tally.items()
    }
