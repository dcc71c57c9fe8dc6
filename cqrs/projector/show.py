"""One transaction that shows prepared entities: journal, rows, ledger, and whatever is to be committed with them.

It locks the tenants' journal heads first, so that each journal grows by one writer at a time: its positions are gapless
and in the order of commits.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from cqrs.models import JournalLine, Row
from cqrs.projector import ledger
from cqrs.projector.lines import line_of
from cqrs.projector.prepare import Prepared, shown_versions
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import Clash, put, values_of
from cqrs.telemetry import journal_grew

CHANNEL = "journal"
"""Postgres notifies this channel of each tenant whose journal grew."""

LOCK_WITHIN = "2s"
"""How long the transaction waits for a lock: of a head, or of a table that is being migrated."""

LEFT_ALONE = "5s"
"""How long the transaction may stand still between two statements. Whoever is frozen there holds a tenant's journal, so
that nobody else can go on; after this Postgres ends it, and nothing of it was done."""

type Commit = Callable[[CursorWrapper], None]


class NotReady(Exception):
    """These tenants have no journal yet: they are being made."""


def show(prepared: Sequence[Prepared], *, commit: Commit, lock_within: str = LOCK_WITHIN) -> int:
    """Returns the number of journal lines. Whatever `commit` or Postgres raises undoes all of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        bound(cursor, lock_within)
        lines = _show(cursor, prepared)
        commit(cursor)
    journal_grew(lines)
    return lines


def bound(cursor: CursorWrapper, lock_within: str) -> None:
    """Bound this transaction's waits: for each lock, and between two of its statements."""
    bounds = "SELECT set_config('lock_timeout', %s, true), set_config('idle_in_transaction_session_timeout', %s, true)"
    cursor.execute(bounds, [lock_within, LEFT_ALONE])


def lock_heads(cursor: CursorWrapper, tenants: Iterable[str]) -> dict[str, int]:
    """Lock these tenants' journals until the transaction ends; each one's position."""
    wanted = sorted(tenants)
    select = (
        "SELECT tenant_code, position FROM public.journal_head WHERE tenant_code = ANY(%s)"
        " ORDER BY tenant_code FOR NO KEY UPDATE"
    )
    cursor.execute(select, [wanted])
    return dict(cursor.fetchall())


def _show(cursor: CursorWrapper, prepared: Sequence[Prepared]) -> int:
    if not prepared:
        return 0
    heads = lock_heads(cursor, tenants := {each.newest.tenant_code for each in prepared})
    if missing := tenants - heads.keys():
        raise NotReady(missing)
    out = _parked(cursor, prepared)
    shown = shown_versions(cursor, {each.newest.id: each.newest.tenant_code for each in prepared})
    fresh = [each for each in prepared if each.newest.id not in out and each.newest.version > shown[each.newest.id]]
    by_tenant: defaultdict[str, list[Prepared]] = defaultdict(list)
    for each in fresh:
        by_tenant[each.newest.tenant_code].append(each)
    lines = {tenant: _tenant(cursor, tenant, heads[tenant], each, shown) for tenant, each in by_tenant.items()}
    _advance(cursor, lines)
    return sum(lines.values())


def _parked(cursor: CursorWrapper, prepared: Sequence[Prepared]) -> set[str]:
    """The entities that are not shown; what was seen of them is noted. A held one is shown, for its tenant is ready.

    The breaker closes when the entity that tripped it goes through.
    """
    seen = (
        "WITH met AS (SELECT * FROM unnest(%s::text[], %s::bigint[]) AS met(id, seen)),"
        " closed AS (DELETE FROM public.breaker USING met WHERE entity_id = met.id)"
        " UPDATE public.parked SET version = greatest(version, seen) FROM met"
        " WHERE entity_id = met.id AND state <> 'held' RETURNING entity_id"
    )
    cursor.execute(seen, [[each.newest.id for each in prepared], [each.newest.version for each in prepared]])
    return {id for (id,) in cursor.fetchall()}


def _tenant(
    cursor: CursorWrapper, tenant: str, position: int, prepared: Sequence[Prepared], shown: Mapping[str, int]
) -> int:
    schema = schema_of(tenant)
    assert schema, "a tenant without a schema is held"
    new = [(fact, each.deltas) for each in prepared for fact in each.facts if fact.version > shown[fact.id]]
    new.sort(key=lambda pair: (pair[0].at, pair[0].version))
    moves = [ledger.Moved(fact, at, by.get(fact.version, {})) for at, (fact, by) in enumerate(new, position + 1)]
    put(cursor, schema, JournalLine, (line_of(move.fact, move.position) for move in moves))
    _rows(cursor, schema, (each.row for each in prepared if each.row is not None))
    ledger.add(cursor, schema, tenant, moves)
    return len(new)


def _rows(cursor: CursorWrapper, schema: str, rows: Iterable[Row]) -> None:
    ordered = sorted(rows, key=lambda row: (row._meta.db_table, row.id))
    for model, same in groupby(ordered, type):
        put(cursor, schema, model, map(values_of, same), clash=Clash.REPLACED_IF_OLDER)


def _advance(cursor: CursorWrapper, lines: Mapping[str, int]) -> None:
    if lines:
        further = (
            "UPDATE public.journal_head SET position = position + more"
            " FROM unnest(%s::text[], %s::bigint[]) AS new(code, more) WHERE tenant_code = new.code"
        )
        cursor.execute(further, [list(lines), list(lines.values())])
        cursor.execute("SELECT pg_notify(%s, code) FROM unnest(%s::text[]) code", [CHANNEL, list(lines)])
