"""A tenant's read models as they were: the newest version of each entity that was there at a time, in a schema of its
own, to be looked at and thrown away."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from cqrs.jobs.running import work
from cqrs.progress import Tell, silent
from cqrs.projector.schemas import schema_of
from cqrs.rebuild.rows import Table
from cqrs.rebuild.run import models_of, own_schema
from cqrs.rebuild.shadow import complete, create, definition, drop_schema, schemas_like
from cqrs.store import Store

KIND = "as_of"

MOST = 5
"""Pasts of one tenant that are kept at once."""

KEPT = timedelta(days=7)
"""For so long a past is kept; it may lack what later migrations add."""

STAMP = "%Y%m%dt%H%M%S%f"


class TooManyPasts(Exception):
    """Drop one first: so many are kept already."""


class NotYet(Exception):
    """This time has not come."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a tenant's tables held at a time."""

    tenant: str
    at: datetime
    schema: str
    made_at: datetime

    @property
    def is_expired(self) -> bool:
        """Whether it has been kept for long enough."""
        return self.made_at < timezone.now() - KEPT


def as_of(tenant: str, at: datetime, *, store: Store, by: str, reason: str = "", tell: Tell = silent) -> Past:
    """Make the tenant's tables as they were, or make them again. AlreadyRunning, Cancelled, NotYet, RowFails,
    TooManyPasts, VersionLost."""
    live = schema_of(tenant)
    assert live, "a tenant without a schema has no past"
    if at > timezone.now():
        raise NotYet(at.isoformat())
    schema = f"{live}__asof_{at.astimezone(UTC):{STAMP}}"
    job = work(KIND, tenant=tenant, what=at.isoformat(), by=by, reason=reason, tell=tell)
    with schema_context(get_public_schema_name()), job as running:
        _make_room(tenant, but=schema)
        with own_schema(live, f"making_{running.id}") as making:
            for model in models_of(()):
                _fill(Table(model, tenant, live, making), at, store, running.tell)
            _name(making, schema)
    return next(each for each in pasts(tenant) if each.schema == schema)


def pasts(tenant: str, *, model: type[Model] | None = None) -> list[Past]:
    """A tenant's pasts, the latest time first; those only in which a model's table can be read by this release."""
    live = schema_of(tenant)
    with connection.cursor() as cursor:
        found = [_past(tenant, name) for name in schemas_like(cursor, f"{live}__asof_")]
        if live and model:
            columns = definition(cursor, live, model).columns
            found = [each for each in found if definition(cursor, each.schema, model).columns == columns]
    return sorted((each for each in found if not each.is_expired), key=lambda each: each.at, reverse=True)


def forget(past: Past) -> None:
    """Drop a past."""
    with connection.cursor() as cursor:
        drop_schema(cursor, past.schema)


def _make_room(tenant: str, *, but: str) -> None:
    live = schema_of(tenant)
    with connection.cursor() as cursor:
        for past in [_past(tenant, name) for name in schemas_like(cursor, f"{live}__asof_")]:
            if past.is_expired:
                forget(past)
    if len([each for each in pasts(tenant) if each.schema != but]) >= MOST:
        raise TooManyPasts(f"{MOST} pasts of {tenant} are kept")


def _fill(table: Table, at: datetime, store: Store, tell: Tell) -> None:
    name, about, done = table.model._meta.db_table, table.about(), 0

    def tell_rows(rows: int) -> None:
        nonlocal done
        done += rows
        tell(name, done, about)

    with connection.cursor() as cursor:
        pattern = create(cursor, table.live, table.shadow, table.model)
        table.fill(store, at=at, tell=tell_rows)
        complete(cursor, table.shadow, table.model, pattern)


def _name(making: str, schema: str) -> None:
    """All of it, or what was there before."""
    with transaction.atomic(), connection.cursor() as cursor:
        drop_schema(cursor, schema)
        names = {"making": sql.Identifier(making), "schema": sql.Identifier(schema)}
        cursor.execute(sql.SQL("ALTER SCHEMA {making} RENAME TO {schema}").format(**names))
        made_at = sql.Literal(timezone.now().isoformat())
        cursor.execute(sql.SQL("COMMENT ON SCHEMA {schema} IS {made_at}").format(**names, made_at=made_at))


def _past(tenant: str, schema: str) -> Past:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regnamespace, 'pg_namespace')", [schema])
        (made_at,) = cursor.fetchone()
    at = datetime.strptime(schema.rpartition("__asof_")[2], STAMP).replace(tzinfo=UTC)
    return Past(tenant, at, schema, datetime.fromisoformat(made_at))
