"""What the newest states add up to, beside the sum of all changes: for counters that are declared to be of states.

A change that counts something else than the difference of the two states around it is found here only.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cqrs.codec import decode
from cqrs.domain import Deltas, Entity
from cqrs.models import JournalLine
from cqrs.projections import PROJECTIONS
from cqrs.projector.ledger import total_id
from cqrs.projector.lines import COLUMNS, fact_of
from cqrs.projector.tables import table_of
from cqrs.store import Fact
from cqrs.verify.differences import Difference, Kind

CHUNK = 500
"""Newest states folded together."""

FOLDED = "CREATE TEMP TABLE verify_states (id text, delta bigint)"

NEWEST = (
    "SELECT DISTINCT ON (entity_id) {columns} FROM {journal} AS line WHERE type = ANY(%s) AND position <= %s"
    " AND entity_id < %s ORDER BY entity_id DESC, version DESC LIMIT %s"
)
"""Backwards along the index of the journal: newest versions come first."""

LAST = "\U0010ffff"
"""Behind every id."""

BESIDE = (
    "WITH wanted AS (SELECT id, sum(delta) AS total FROM verify_states GROUP BY id),"
    " there AS (SELECT id, sum(delta) AS total FROM verify_ledger WHERE kind = ANY(%s) GROUP BY id)"
    " SELECT id, coalesce(wanted.total, 0), coalesce(there.total, 0) FROM wanted FULL JOIN there USING (id)"
    " WHERE coalesce(wanted.total, 0) <> coalesce(there.total, 0) ORDER BY id LIMIT 1000"
)


def state_differences(cursor: CursorWrapper, tenant: str, *, schema: str, upto: int) -> Iterator[Difference]:
    """Where the changes of a tenant up to a position, which stand in `verify_ledger`, are not what the states of that
    position add up to."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.verify_states")
    cursor.execute(FOLDED)
    kinds = _fold(cursor, schema, upto)
    cursor.execute(BESIDE, [sorted(kinds)])
    for id, want, there in cursor.fetchall():
        yield Difference(Kind.STATES, tenant, id, None, str(want), str(there))
    cursor.execute("DROP TABLE pg_temp.verify_states")


def _fold(cursor: CursorWrapper, schema: str, upto: int) -> set[str]:
    """Fill the table of what the states add up to; answers which kinds of counters that are."""
    kinds, before = set[str](), LAST
    while facts := _newest(cursor, schema, before, upto):
        moves = list[dict[str, Any]]()
        for fact in facts:
            entity = PROJECTIONS[fact.type].entity
            for count, delta in _alone(entity, fact).items():
                if count.counter.of_states:
                    kinds.add(count.counter.kind)
                    moves.append({"id": total_id(count), "delta": delta})
        insert = "INSERT INTO verify_states SELECT * FROM json_populate_recordset(NULL::verify_states, %s)"
        cursor.execute(insert, [orjson.dumps(moves).decode()])
        before = facts[-1].id
    return kinds


def _alone(entity: Entity[Any, ...], fact: Fact) -> Deltas:
    return {} if fact.is_deleted else entity.deltas(None, decode(entity, fact))


def _newest(cursor: CursorWrapper, schema: str, before: str, upto: int) -> list[Fact]:
    counted = [type for type, projection in PROJECTIONS.items() if projection.entity.is_counted]
    columns = sql.SQL(", ").join(sql.Identifier("line", name) for name in COLUMNS)
    statement = sql.SQL(NEWEST).format(columns=columns, journal=table_of(schema, JournalLine))
    cursor.execute(statement, [counted, upto, before, CHUNK])
    return [fact_of(dict(zip(COLUMNS, values, strict=True))) for values in cursor.fetchall()]
