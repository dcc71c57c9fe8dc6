"""A tenant's journal by itself: positions 1 to its head without a hole, each entity's versions one after the other."""

from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from cqrs.models import JournalLine
from cqrs.projector.tables import table_of
from cqrs.verify.differences import Difference, Kind

HOLES = (
    "SELECT position, before FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) AS before"
    " FROM {journal}) AS line WHERE position <> before + 1 ORDER BY position LIMIT 1000"
)

ENDS = (
    "SELECT coalesce((SELECT max(position) FROM {journal}), 0),"
    " coalesce((SELECT position FROM public.journal_head WHERE tenant_code = %s), 0)"
)

ORDER = (
    "SELECT entity_id, version, before FROM (SELECT entity_id, version, position,"
    " lag(version) OVER (PARTITION BY entity_id ORDER BY position) AS before FROM {journal}) AS line"
    " WHERE version <= before ORDER BY position LIMIT 1000"
)
"""A version that is missing is found beside the log; here only what stands in another order."""


def journal_differences(tenant: str, *, schema: str) -> Iterator[Difference]:
    """What is different about a tenant's journal. Each statement sees one instant of it."""
    journal = table_of(schema, JournalLine)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(HOLES).format(journal=journal))
        for position, before in cursor.fetchall():
            yield Difference(Kind.POSITION, tenant, expected=f"{before + 1} after {before}", found=str(position))
        cursor.execute(sql.SQL(ENDS).format(journal=journal), [tenant])
        last, head = cursor.fetchone()
        if last != head:
            yield Difference(Kind.POSITION, tenant, expected=f"an end at its head, {head}", found=str(last))
        cursor.execute(sql.SQL(ORDER).format(journal=journal))
        for id, version, before in cursor.fetchall():
            yield Difference(Kind.LINE_ORDER, tenant, id, version, "older versions before it", f"{before} before it")
