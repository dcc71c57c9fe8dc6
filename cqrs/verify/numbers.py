"""Numbers without gaps: each one taken has made an entity."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import batched

from django.db import connection
from psycopg import sql

from cqrs.domain import Rotation, entity_id, partition
from cqrs.domain import Sequence as Numbering
from cqrs.models import JournalLine
from cqrs.projections import PROJECTIONS
from cqrs.projector.tables import table_of
from cqrs.sequences import sequence_key
from cqrs.store import Store
from cqrs.verify.differences import Difference, Kind

CHUNK = 500


def number_differences(tenant: str, *, schema: str, store: Store) -> Iterator[Difference]:
    """The holes in a tenant's gap-free sequences. As many entities as numbers, and there is none."""
    for type, projection in PROJECTIONS.items():
        entity = projection.entity
        if isinstance(entity.code, Numbering) and _is_plain(entity.code):
            taken = store.number(*sequence_key(tenant, type))
            if _made(schema, type) < taken:
                sks = (entity.sk_of(entity.code.code(no, on=date.min)) for no in range(1, taken + 1))
                ids = (entity_id(pk=partition(type, tenant), sk=sk) for sk in sks)
                found = (id for chunk in batched(ids, CHUNK) for id in _holes(schema, chunk, store))
                yield from (Difference(Kind.NUMBER_MISSING, tenant, id, None, "an entity", "none") for id in found)


def _is_plain(sequence: Numbering) -> bool:
    """Whether its numbers alone say which codes they became: those that start again are counted by more than that."""
    return not sequence.fast and not sequence.codes and sequence.rotation == Rotation.NONE


def _made(schema: str, type: str) -> int:
    count = sql.SQL("SELECT count(*) FROM {} WHERE type = %s AND version = 1").format(table_of(schema, JournalLine))
    with connection.cursor() as cursor:
        cursor.execute(count, [type])
        made: int = cursor.fetchone()[0]
    return made


def _holes(schema: str, ids: Sequence[str], store: Store) -> list[str]:
    """What is not in the journal may be in the log: just written, or not shown."""
    return [id for id in sorted(set(ids) - _lines(schema, list(ids))) if store.read(id, 1) is None]


def _lines(schema: str, ids: list[str]) -> set[str]:
    there = sql.SQL("SELECT DISTINCT entity_id FROM {} WHERE entity_id = ANY(%s)")
    with connection.cursor() as cursor:
        cursor.execute(there.format(table_of(schema, JournalLine)), [ids])
        return {id for (id,) in cursor.fetchall()}
