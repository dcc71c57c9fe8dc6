"""The moment a table that was made again takes the live one's place.

Under the lock of the tenant's journal head nobody projects; whoever had begun before is waited for, and what they wrote
is in the journal. Readers wait for the table's lock and then find the new one.
"""

from django.db import connection, transaction
from psycopg import sql

from cqrs.jobs.running import Work
from cqrs.models import Home
from cqrs.projector.show import bound, lock_heads
from cqrs.projector.tables import table_of
from cqrs.rebuild.rows import Table
from cqrs.rebuild.shadow import Definition, definition, move

LAST_MOST = 500
"""Journal lines that are caught up with under the locks; more are caught up with before."""

PATIENCE = (200, 400, 800, 1500)
"""Milliseconds a try waits for each lock, the last for all further tries. Who projects waits 2 s before it gives the
tenant up for held; a vacuum gives way after 1 s, but for nobody who waits less."""


class Changed(Exception):
    """The live table is another than when this began: a migration came between. Start again."""


def swap(table: Table, pattern: Definition, *, work: Work, caught_up: int, attempt: int) -> int:
    """Try to put the table in its place. Returns the journal's position; where that is more than LAST_MOST after
    `caught_up`, nothing was done. OperationalError where a lock was not to be had; Changed, Cancelled."""
    with transaction.atomic(), connection.cursor() as cursor:
        within = PATIENCE[min(attempt, len(PATIENCE) - 1)]
        bound(cursor, f"{within}ms")
        position = lock_heads(cursor, [table.tenant])[table.tenant]
        if position - caught_up > LAST_MOST:
            return position
        work.hold(cursor)
        both = sql.SQL(", ").join([table_of(table.live, Home), table_of(table.live, table.model)])
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(both))
        if definition(cursor, table.live, table.model) != pattern:
            raise Changed(table.model._meta.db_table)
        table.catch_up(cursor, after=caught_up, upto=position)
        move(cursor, table.shadow, table.live, table.model)
    return position
