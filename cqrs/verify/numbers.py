"""Numbers without gaps: each one taken has made an entity, and each of these has taken one.

They are counted, not read from codes: how a tenant writes its codes may have changed since.
"""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from psycopg import sql

from cqrs.domain import Sequence as Numbering
from cqrs.domain import partition
from cqrs.models import JournalLine
from cqrs.projections import PROJECTIONS
from cqrs.projector.prepare import shown_versions
from cqrs.projector.tables import table_of
from cqrs.store import Store
from cqrs.stream.models import Parked
from cqrs.verify.differences import Difference, Kind
from cqrs.verify.patience import Patience


def number_differences(tenant: str, *, schema: str, store: Store, patience: Patience) -> Iterator[Difference]:
    """The gap-free sequences of a tenant that have more numbers than there are entities, or fewer."""
    for type, projection in PROJECTIONS.items():
        if isinstance(projection.entity.code, Numbering) and not projection.entity.code.fast:
            yield from patience.look(partial(_look, tenant, schema, type, _taken(tenant, type, store), store))


def _look(tenant: str, schema: str, type: str, taken: int, store: Store) -> list[Difference]:
    """Numbers are looked at before the entities, which come later, and again after them."""
    made = _made(tenant, schema, type)
    if taken > made:
        return [Difference(Kind.NUMBER_MISSING, tenant, type, None, f"{taken} entities, as many as numbers", str(made))]
    if made > (taken := _taken(tenant, type, store)):
        return [Difference(Kind.NUMBER_UNTAKEN, tenant, type, None, f"{made} numbers, as many as entities", str(taken))]
    return []


def _taken(tenant: str, type: str, store: Store) -> int:
    """A sequence that starts again, or counts by codes, has several numbers: `INVOICE#2026`, `INVOICE#2027`."""
    counted = store.counters(partition("SEQ", tenant))
    return sum(tally.get("no", 0) for key, tally in counted if key.partition("#")[0] == type)


def _made(tenant: str, schema: str, type: str) -> int:
    """Those in the journal, and those that are not shown at all."""
    apart = Parked.objects.filter(tenant_code=tenant, entity_id__startswith=f"{type}#")
    ids = dict.fromkeys(apart.values_list("entity_id", flat=True), tenant)
    count = sql.SQL("SELECT count(*) FROM {} WHERE type = %s AND version = 1").format(table_of(schema, JournalLine))
    with connection.cursor() as cursor:
        unshown = sum(version == 0 for version in shown_versions(cursor, ids).values())
        cursor.execute(count, [type])
        shown: int = cursor.fetchone()[0]
    return shown + unshown
