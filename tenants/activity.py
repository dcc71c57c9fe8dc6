"""What staff want to know of tenants at a glance, for a page of them at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import BooleanField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from psycopg import sql

from cqrs.reactions.models import Cursor
from cqrs.stream.models import HeldTenant, JournalHead, Parked
from tenants.models import Tenant


def glance(tenants: QuerySet[Tenant]) -> QuerySet[Tenant]:
    """The tenants with `people`, `keys` (good ones) and `facts` counted, and what ails them: `parked` entities,
    `failing` reactions, whether the tenant `waits` because its schema is locked or not ready."""
    of_it = OuterRef("code")
    head = JournalHead.objects.filter(tenant_code=of_it).values("position")
    parked = Parked.objects.filter(tenant_code=of_it, state=Parked.State.PARKED)
    failing = Cursor.objects.filter(tenant_code=of_it, attempts__gt=0)
    glanced: QuerySet[Tenant] = tenants.annotate(
        people=Count("memberships", distinct=True),
        keys=Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True),
        facts=Coalesce(Subquery(head), Value(0)),
        parked=_number(parked),
        failing=_number(failing),
        waits=Exists(HeldTenant.objects.filter(tenant_code=of_it), output_field=BooleanField()),
    )
    return glanced


def last_activity(tenants: Iterable[Tenant]) -> dict[str, datetime]:
    """When the journal of each of these tenants last grew, by code; none where there is no journal or nothing in it.

    One statement, whatever their number; each tenant's part reads one line by the journal's key.
    """
    schemas = {tenant.schema_name: tenant.code for tenant in tenants}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'journal' AND schemaname = ANY (%s)", [list(schemas)]
        )
        parts = [_PART.format(schema=sql.Identifier(name), name=sql.Literal(name)) for (name,) in cursor.fetchall()]
        if not parts:
            return {}
        cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(cursor.connection))
        return {schemas[name]: at for name, at in cursor.fetchall()}


_PART = sql.SQL("(SELECT {name}, at FROM {schema}.journal ORDER BY position DESC LIMIT 1)")


def _number(rows: QuerySet[Parked] | QuerySet[Cursor]) -> Coalesce:
    counted = rows.order_by().values("tenant_code").annotate(n=Count(F("pk"))).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
