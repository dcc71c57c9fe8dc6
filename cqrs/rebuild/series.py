"""Where the journal itself is lost: a new series of positions, filled from the log."""

from uuid import uuid4

import structlog
from django.db import connection, transaction
from psycopg import sql

from cqrs.models import JournalLine, LedgerLine, Total
from cqrs.projector.schemas import schema_of
from cqrs.projector.show import lock_heads
from cqrs.projector.tables import table_of
from cqrs.reactions import cursors
from cqrs.stream.models import JournalHead
from cqrs.stream.shards import PostgresLeases

_log = structlog.get_logger(__name__)


def start_over(tenant: str) -> bool:
    """Where a tenant's journal does not go from 1 to its head, begin it anew, and with it the ledger. False where it is
    whole: it stays. Rows stay in any case: they are replaced as soon as something newer is shown."""
    schema = schema_of(tenant)
    assert schema, "a tenant without a schema has no journal"
    with transaction.atomic(), connection.cursor() as cursor:
        head = lock_heads(cursor, [tenant])[tenant]
        journal = table_of(schema, JournalLine)
        cursor.execute(sql.SQL("SELECT count(*), coalesce(max(position), 0) FROM {}").format(journal))
        if cursor.fetchone() == (head, head):
            return False
        tables = sql.SQL(", ").join(table_of(schema, model) for model in (JournalLine, LedgerLine, Total))
        cursor.execute(sql.SQL("TRUNCATE {}").format(tables))
        JournalHead.objects.filter(tenant_code=tenant).update(position=0)
        cursors.start_over(tenant)
    _log.warning("journal begun anew", tenant=tenant, lost=head)
    return True


def scan() -> str:
    """Have the log read as a whole, by whoever follows the stream; what is shown already stays as it is. The beginning
    of the names of the segments that are to be read."""
    cause = f"rebuild-{uuid4().hex[:8]}"
    PostgresLeases("").scan(cause)
    return f"table-{cause}"
