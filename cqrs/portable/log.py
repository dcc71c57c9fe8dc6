"""Every fact of a tenant: those in its journal, in the journal's order, then those that are not shown, from the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from psycopg import sql

from cqrs.models import JournalLine
from cqrs.projections import expect_all
from cqrs.projector.lines import COLUMNS, fact_of
from cqrs.projector.prepare import shown_versions
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import table_of
from cqrs.store import Fact, Store
from cqrs.stream.models import JournalHead, Parked

PAGE = 1000
"""Journal lines read together."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact, and its position in the journal; None for one that is not shown."""

    fact: Fact
    position: int | None


def about(tenant: str) -> int:
    """How many facts there are, but for what is not shown."""
    return JournalHead.objects.values_list("position", flat=True).get(tenant_code=tenant)


def every(tenant: str, *, store: Store, as_of: datetime | None = None) -> Iterator[Placed]:
    """Every fact, or those up to a time, of each entity in the order of its versions. What is written meanwhile is left
    out. A page at a time is held."""
    yield from _shown(tenant, as_of)
    ids = Parked.objects.filter(tenant_code=tenant).order_by("entity_id").values_list("entity_id", flat=True)
    with connection.cursor() as cursor:
        shown = shown_versions(cursor, dict.fromkeys(ids, tenant))
    for id, version in shown.items():
        later = store.history(id, after=version)
        yield from (Placed(fact, None) for fact in later if as_of is None or fact.at <= as_of)


def _shown(tenant: str, as_of: datetime | None) -> Iterator[Placed]:
    columns = sql.SQL(", ").join(map(sql.Identifier, ("position", *COLUMNS)))
    statement = sql.SQL(
        "SELECT {} FROM {} WHERE position > %s AND position <= %s AND at <= coalesce(%s, at) ORDER BY position LIMIT %s"
    ).format(columns, table_of(schema_of(tenant) or "", JournalLine))
    after, upto = 0, about(tenant)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, upto, as_of, PAGE])
            lines = cursor.fetchall()
        facts = [fact_of(dict(zip(COLUMNS, line, strict=True))) for _, *line in lines]
        expect_all(facts)
        yield from (Placed(fact, line[0]) for fact, line in zip(facts, lines, strict=True))
        if len(lines) < PAGE:
            return
        after = lines[-1][0]
