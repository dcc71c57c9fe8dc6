"""The ledger: what each journal line moved, and the running balance of every number that anything moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cqrs.domain import Count, Deltas
from cqrs.models import LedgerLine, Total
from cqrs.projector.tables import Clash, put, table_of
from cqrs.store import Fact


@dataclass(frozen=True, slots=True)
class Moved:
    """A journal line's fact and position, and what it moved."""

    fact: Fact
    position: int
    deltas: Deltas


def total_id(count: Count) -> str:
    """The key of a number's total: `STOCK#SKU-1#available`."""
    return f"{count.counter.kind}#{count.key}#{count.number}"


def add(cursor: CursorWrapper, schema: str, tenant: str, moves: Sequence[Moved]) -> None:
    """Write the lines of these moves, in journal order, and the totals they lead to. Under the lock of the tenant's
    journal head."""
    counts = {total_id(count): count for move in moves for count in move.deltas}
    if not counts:
        return
    totals = _totals(cursor, schema, list(counts))
    put(cursor, schema, LedgerLine, list(_lines(moves, totals)))
    put(cursor, schema, Total, [_total(tenant, counts[id], totals[id]) for id in counts], clash=Clash.REPLACED)


def _totals(cursor: CursorWrapper, schema: str, ids: list[str]) -> dict[str, int]:
    cursor.execute(
        sql.SQL("SELECT id, total FROM {} WHERE id = ANY(%s)").format(table_of(schema, Total)),
        [ids],
    )
    return dict.fromkeys(ids, 0) | dict(cursor.fetchall())


def _lines(moves: Sequence[Moved], totals: dict[str, int]) -> Iterator[dict[str, Any]]:
    """`totals` is carried on from line to line."""
    for move in moves:
        for count, delta in move.deltas.items():
            totals[total_id(count)] += delta
            yield {
                "position": move.position,
                "tenant_code": move.fact.tenant_code,
                "kind": count.counter.kind,
                "key": count.key,
                "number": count.number,
                "delta": delta,
                "balance": totals[total_id(count)],
                "entity_id": move.fact.id,
                "version": move.fact.version,
                "at": move.fact.at,
            }


def _total(tenant: str, count: Count, total: int) -> dict[str, Any]:
    own = {"id": total_id(count), "tenant_code": tenant, "total": total}
    return own | {"kind": count.counter.kind, "key": count.key, "number": count.number}
