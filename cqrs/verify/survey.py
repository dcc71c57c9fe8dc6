"""The survey of the log: every fact beside its journal line, every newest version beside its row, a page at a time.

It only says who is suspect. What it has to remember, the id and version of each fact, stands in a temporary table.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from django.db import connection
from psycopg import sql

from cqrs.codec import decode
from cqrs.models import JournalLine, Row
from cqrs.projections import PROJECTIONS, expect_all
from cqrs.projector.lines import line_of
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import table_of, values_of
from cqrs.store import Fact
from cqrs.verify.compare import differing

CHUNK = 100
"""Suspects looked at together."""

SEEN = "CREATE TEMP TABLE verify_seen (tenant text, entity_id text, version bigint)"
SUSPECT = "CREATE TEMP TABLE verify_suspect (tenant text, entity_id text PRIMARY KEY)"
GAPS = (
    "INSERT INTO verify_suspect SELECT min(tenant), entity_id FROM verify_seen GROUP BY entity_id"
    " HAVING count(*) <> max(version) ON CONFLICT DO NOTHING"
)


class Survey:
    """A survey of these tenants' facts, given each tenant's schema; an open one notes there what other tenants it
    meets. A context: its tables are gone with it."""

    def __init__(self, schemas: dict[str, str | None], *, is_open: bool) -> None:
        self._schemas, self._is_open = schemas, is_open

    def __enter__(self) -> Self:
        self.__exit__(None, None, None)  # what an earlier survey of this connection left
        self._execute(SEEN)
        self._execute(SUSPECT)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._execute("DROP TABLE IF EXISTS pg_temp.verify_seen, pg_temp.verify_suspect")

    def page(self, facts: Iterable[Fact]) -> None:
        """Look over a page of the log."""
        by_tenant = defaultdict[str, list[Fact]](list)
        for fact in facts:
            if self._is_open and fact.tenant_code not in self._schemas:
                self._schemas[fact.tenant_code] = schema_of(fact.tenant_code)
            if fact.tenant_code in self._schemas:
                by_tenant[fact.tenant_code].append(fact)
        for tenant, theirs in by_tenant.items():
            self._see(theirs)
            schema = self._schemas[tenant]
            self.suspect(tenant, _suspects(schema, theirs) if schema else {fact.id for fact in theirs})

    def finish(self) -> None:
        """All pages were looked over: what stands in Postgres and was in none is suspect, and so is a log with gaps."""
        self._execute("CREATE INDEX ON pg_temp.verify_seen (entity_id, version)")
        self._execute("ANALYZE pg_temp.verify_seen")
        self._execute(GAPS)
        for tenant, schema in self._schemas.items():
            if schema:
                self._unseen(tenant, table_of(schema, JournalLine), "entity_id")
                for model in read_models():
                    self._unseen(tenant, table_of(schema, model), "id")

    def suspect(self, tenant: str, ids: Iterable[str]) -> None:
        """Have these entities looked at."""
        insert = "INSERT INTO verify_suspect SELECT %s, id FROM unnest(%s::text[]) id ON CONFLICT DO NOTHING"
        self._execute(insert, [tenant, sorted(ids)])

    def suspects(self) -> Iterator[tuple[str, Sequence[str]]]:
        """A tenant and some of its suspects at a time."""
        for tenant in self._schemas:
            after = ""
            while ids := self._chunk(tenant, after):
                yield tenant, ids
                after = ids[-1]

    def _see(self, facts: Sequence[Fact]) -> None:
        insert = "INSERT INTO verify_seen SELECT %s, * FROM unnest(%s::text[], %s::bigint[])"
        self._execute(insert, [facts[0].tenant_code, [fact.id for fact in facts], [fact.version for fact in facts]])

    def _unseen(self, tenant: str, table: sql.Identifier, id: str) -> None:
        unseen = (
            "INSERT INTO verify_suspect SELECT DISTINCT %s, {id} FROM {table} AS there WHERE NOT EXISTS (SELECT FROM"
            " verify_seen seen WHERE seen.entity_id = there.{id} AND seen.version = there.version)"
            " ON CONFLICT DO NOTHING"
        )
        self._execute(sql.SQL(unseen).format(id=sql.Identifier(id), table=table), [tenant])

    def _chunk(self, tenant: str, after: str) -> list[str]:
        wanted = "SELECT entity_id FROM verify_suspect WHERE tenant = %s AND entity_id > %s ORDER BY 1 LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(wanted, [tenant, after, CHUNK])
            return [id for (id,) in cursor.fetchall()]

    def _execute(self, statement: str | sql.Composed, values: Sequence[Any] = ()) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)


def read_models() -> list[type[Row]]:
    """Every read model there is, once."""
    return list(dict.fromkeys(each.model for each in PROJECTIONS.values() if each.model))


def _suspects(schema: str, facts: Sequence[Fact]) -> set[str]:
    """Those of one tenant that do not stand in Postgres as the log has them."""
    with connection.cursor() as cursor:
        lines = ({k: v for k, v in line_of(fact, 0).items() if k != "position"} for fact in facts)
        found = {want["entity_id"] for want, _ in differing(cursor, schema, JournalLine, lines, key=_ONCE)}
        rows, failing = _rows(facts)
        for model, same in rows.items():
            different = differing(cursor, schema, model, map(values_of, same), key=["id"])
            found |= {want["id"] for want, there in different if not there or there["version"] <= want["version"]}
    return found | failing


def _rows(facts: Sequence[Fact]) -> tuple[Mapping[type[Row], list[Row]], set[str]]:
    """The rows of the newest version of each, and who has none because making it fails."""
    rows, failing = defaultdict[type[Row], list[Row]](list), set[str]()
    expect_all(facts)
    for fact in {fact.id: fact for fact in sorted(facts, key=lambda fact: fact.version)}.values():
        projection = PROJECTIONS.get(fact.type)
        try:
            row = projection.shown(decode(projection.entity, fact)) if projection else None
        except Exception:  # whatever a row function raises: that is what is looked at then
            failing.add(fact.id)
        else:
            failing |= set() if projection else {fact.id}
            if row is not None:
                rows[type(row)].append(row)
    return rows, failing


_ONCE = ("entity_id", "version")
