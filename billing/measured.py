"""What is measured where it is kept, and not counted: members, and the room that a tenant's data takes."""

from django.db import connection

from billing.domain import Metric
from tenants.models import Membership, Tenant

GB = 10**9

TAKEN = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'm')
"""


def members_of(tenant: str) -> int:
    """How many people belong to it."""
    return Membership.objects.filter(tenant__code=tenant).count()


def storage_of(tenant: str) -> int:
    """Bytes of its schema: its rows, and the journal, which holds every version once more; with their indexes."""
    schema = Tenant.objects.filter(code=tenant).values_list("schema_name", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [schema])
        return int(cursor.fetchone()[0])


def gb_of(tenant: str) -> int:
    """The same in whole GB."""
    return storage_of(tenant) // GB


MEASURED = {Metric.USERS: members_of, Metric.STORAGE_GB: gb_of}
"""By metric, how much a tenant has."""
