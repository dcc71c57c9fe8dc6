"""A tenant's ledger: what each journal line counts, asked again in journal order, beside lines, balances and totals.

What should stand there is kept in a temporary table, so that memory does not grow with the ledger.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cqrs.codec import decode
from cqrs.domain import Counter
from cqrs.models import JournalLine, LedgerLine, Total
from cqrs.projections import PROJECTIONS
from cqrs.projector.ledger import total_id
from cqrs.projector.lines import COLUMNS, fact_of
from cqrs.projector.tables import table_of
from cqrs.verify.differences import Difference, Kind
from cqrs.verify.states import state_differences

CHUNK = 500
"""Journal lines folded together."""

WANTED = (
    "CREATE TEMP TABLE verify_ledger (id text, position bigint, kind text, key text, number text, delta bigint,"
    " entity_id text, version bigint, at timestamptz)"
)

LINES = (
    "SELECT {now}, {before} FROM {journal} AS line LEFT JOIN {journal} AS old"
    " ON old.entity_id = line.entity_id AND old.version = line.version - 1"
    " WHERE line.position > %s AND line.position <= %s AND line.type = ANY(%s) ORDER BY line.position LIMIT %s"
)

BESIDE = (
    "WITH wanted AS (SELECT *, sum(delta) OVER (PARTITION BY id ORDER BY position) AS balance FROM verify_ledger),"
    " there AS (SELECT kind || '#' || key || '#' || number AS id, position, delta, balance, entity_id, version, at"
    "  FROM {ledger}"
    "  WHERE position <= %(upto)s OR position > (SELECT position FROM public.journal_head WHERE tenant_code = %(of)s))"
    " SELECT coalesce(wanted.id, there.id), coalesce(wanted.position, there.position),"
    " wanted.delta, there.delta, wanted.balance, there.balance,"
    " (wanted.entity_id, wanted.version, wanted.at) = (there.entity_id, there.version, there.at)"
    " FROM wanted FULL JOIN there ON wanted.id = there.id AND wanted.position = there.position"
    " WHERE (wanted.delta, wanted.balance) IS DISTINCT FROM (there.delta, there.balance)"
    " OR (wanted.entity_id, wanted.version, wanted.at) <> (there.entity_id, there.version, there.at) ORDER BY 2, 1"
    " LIMIT 1000"
)

TOTALS = (
    "WITH wanted AS (SELECT id, sum(delta) AS total FROM (SELECT id, delta FROM verify_ledger UNION ALL"
    "  SELECT kind || '#' || key || '#' || number, delta FROM {ledger} WHERE position > %(upto)s AND position <="
    "  (SELECT position FROM public.journal_head WHERE tenant_code = %(of)s)) AS every GROUP BY id)"
    " SELECT coalesce(wanted.id, there.id), wanted.total, there.total FROM wanted FULL JOIN {total} AS there"
    " ON wanted.id = there.id WHERE wanted.total IS DISTINCT FROM there.total ORDER BY 1 LIMIT 1000"
)


def ledger_differences(tenant: str, *, schema: str, upto: int) -> Iterator[Difference | Counter]:
    """What is different about a tenant's ledger up to a position, and beside it the counters that it meets."""
    tables = {"ledger": table_of(schema, LedgerLine), "total": table_of(schema, Total)}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.verify_ledger")
        cursor.execute(WANTED)
        yield from _fold(cursor, schema, upto)
        cursor.execute("CREATE INDEX ON pg_temp.verify_ledger (id, position)")
        cursor.execute(sql.SQL(BESIDE).format(**tables), {"upto": upto, "of": tenant})
        for row in cursor.fetchall():
            yield from _line(tenant, row)
        cursor.execute(sql.SQL(TOTALS).format(**tables), {"upto": upto, "of": tenant})
        for id, want, there in cursor.fetchall():
            yield Difference(Kind.TOTAL, tenant, id, None, str(want or 0), "none" if there is None else str(there))
        yield from state_differences(cursor, tenant, schema=schema, upto=upto)
        cursor.execute("DROP TABLE pg_temp.verify_ledger")


def _fold(cursor: CursorWrapper, schema: str, upto: int) -> Iterator[Counter]:
    """Fill the table of what should stand there; each counter met, once."""
    met, after = dict[str, Counter](), 0
    while pairs := list(_pairs(cursor, schema, after, upto)):
        wanted = list[dict[str, Any]]()
        for position, line, old in pairs:
            entity, fact = PROJECTIONS[line["type"]].entity, fact_of(line)
            before = decode(entity, fact_of(old)) if old["version"] else None
            for count, delta in entity.deltas(before, decode(entity, fact)).items():
                met[count.counter.kind] = count.counter
                names = {"id": total_id(count), "kind": count.counter.kind, "key": count.key, "number": count.number}
                of = {"position": position, "entity_id": fact.id, "version": fact.version, "at": fact.at}
                wanted.append({"delta": delta} | names | of)
        insert = "INSERT INTO verify_ledger SELECT * FROM json_populate_recordset(NULL::verify_ledger, %s)"
        cursor.execute(insert, [orjson.dumps(wanted).decode()])
        after = pairs[-1][0]
    yield from met.values()


def _pairs(
    cursor: CursorWrapper, schema: str, after: int, upto: int
) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Lines that count, each with its position and the line before it of the same entity (all None: there is none)."""
    counted = [type for type, projection in PROJECTIONS.items() if projection.entity.is_counted]
    names = {
        "journal": table_of(schema, JournalLine),
        "now": sql.SQL(", ").join(sql.Identifier("line", name) for name in ("position", *COLUMNS)),
        "before": sql.SQL(", ").join(sql.Identifier("old", name) for name in COLUMNS),
    }
    cursor.execute(sql.SQL(LINES).format(**names), [after, upto, counted, CHUNK])
    for position, *both in cursor.fetchall():
        yield position, _named(both[: len(COLUMNS)]), _named(both[len(COLUMNS) :])


def _named(values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(COLUMNS, values, strict=True))


def _line(tenant: str, row: Sequence[Any]) -> Iterator[Difference]:
    id, position, want, there, balance, found, is_same = row
    if want is None:
        yield Difference(Kind.LEDGER_UNKNOWN, tenant, id, position, "no line", f"{there:+}")
    elif there is None:
        yield Difference(Kind.LEDGER_MISSING, tenant, id, position, f"{want:+}", "no line")
    else:
        if want != there or not is_same:
            yield Difference(Kind.LEDGER_DIFFERS, tenant, id, position, f"{want:+}", f"{there:+}")
        if balance != found:
            yield Difference(Kind.BALANCE, tenant, id, position, str(balance), str(found))
