"""A rebuild of one tenant: each of its tables is made again beside the live one, and then takes its place."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context

from cqrs.jobs.running import Work, work
from cqrs.models import Row
from cqrs.progress import Tell, silent
from cqrs.projections import PROJECTIONS
from cqrs.projector.faults import is_not_ready
from cqrs.projector.schemas import schema_of
from cqrs.projector.show import lock_heads
from cqrs.rebuild.rows import Table
from cqrs.rebuild.shadow import Definition, complete, create, create_schema, drop_schema, schemas_like
from cqrs.rebuild.swap import LAST_MOST, swap
from cqrs.store import Store

KIND = "rebuild"

TRIES = 40
"""Tries to get the locks, about half a second apart, before the tables count as locked for good."""


class NoRows(Exception):
    """No read model shows an entity of this type."""


def rebuild(
    tenant: str,
    types: Sequence[str] = (),
    *,
    store: Store,
    by: str,
    reason: str = "",
    tell: Tell = silent,
) -> int:
    """Make a tenant's read models again, those of these entity types, or all. Returns the number of rows.

    AlreadyRunning, Cancelled, NoRows, RowFails, VersionLost, Changed; OperationalError where tables stay locked. A live
    table stands until the new one is whole: whatever is raised, nothing is half done, and nothing is left behind.
    """
    models, live = models_of(types), schema_of(tenant)
    assert live, "a tenant without a schema has nothing to rebuild"
    job = work(KIND, tenant=tenant, what=", ".join(types), by=by, reason=reason, tell=tell)
    with schema_context(get_public_schema_name()), job as running, own_schema(live, f"rebuild_{running.id}") as shadow:
        return sum(_table(Table(model, tenant, live, shadow), store, running) for model in models)


def models_of(types: Sequence[str]) -> list[type[Row]]:
    """The read models of these entity types, or all there are. NoRows."""
    wanted = types or [type for type, projection in PROJECTIONS.items() if projection.model]
    found = {type: projection.model for type in wanted if (projection := PROJECTIONS.get(type)) and projection.model}
    if missing := set(wanted) - set(found):
        raise NoRows(", ".join(sorted(missing)))
    return list(dict.fromkeys(found.values()))


def _table(table: Table, store: Store, running: Work) -> int:
    name, about, done = table.model._meta.db_table, table.about(), 0

    def tell(rows: int) -> None:
        nonlocal done
        done += rows
        running.tell(name, done, max(about, done))

    with transaction.atomic(), connection.cursor() as cursor:
        position = lock_heads(cursor, [table.tenant])[table.tenant]
        pattern = create(cursor, table.live, table.shadow, table.model)
    table.fill(store, upto=position, tell=tell)
    with connection.cursor() as cursor:
        complete(cursor, table.shadow, table.model, pattern)
    _put_in_place(table, pattern, position, running)
    return done


def _put_in_place(table: Table, pattern: Definition, caught_up: int, running: Work) -> None:
    for attempt in range(TRIES):
        running.check()
        with connection.cursor() as cursor:
            cursor.execute("SELECT position FROM public.journal_head WHERE tenant_code = %s", [table.tenant])
            (position,) = cursor.fetchone()
            table.catch_up(cursor, after=caught_up, upto=position)
        caught_up = position
        try:
            if swap(table, pattern, work=running, caught_up=caught_up, attempt=attempt) - caught_up <= LAST_MOST:
                return
        except Exception as error:
            if not is_not_ready(error) or attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0.1, 0.5))
    raise TimeoutError(f"{table.tenant} writes faster than its rows can be made")


@contextmanager
def own_schema(live: str, name: str) -> Iterator[str]:
    """A schema for tables to be made in, `t_acme__rebuild_7`, gone with the block. What was left of a run that was
    killed, by whatever number, goes first."""
    shadow = f"{live}__{name}"
    with connection.cursor() as cursor:
        for left in schemas_like(cursor, shadow.rstrip("0123456789")):
            drop_schema(cursor, left)
        create_schema(cursor, shadow)
    try:
        yield shadow
    finally:
        with connection.cursor() as cursor:
            drop_schema(cursor, shadow)
