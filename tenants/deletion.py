"""How a deleted tenant ends: blocked, drained, dropped. What stays is its row, so that its code is never used again,
and what the audit says of it."""

import time

from django.db import connection, transaction
from psycopg import sql

from cqrs.dynamodb.erasure import erase
from cqrs.jobs.running import Work, work
from cqrs.personal.models import PersonKey
from cqrs.progress import Tell, silent
from cqrs.reactions.models import Cursor
from cqrs.stream.models import HeldTenant, JournalHead, Parked
from face.models import AuditLine, Receipt
from face.standing import REMEMBERED_FOR
from tenants.models import Tenant

KIND = "delete tenant"

DRAINED_AFTER = REMEMBERED_FOR + 5.0
"""Seconds after which no process takes the tenant for what it was, and no command that it let in is under way."""


def unended() -> list[str]:
    """The tenants that are being deleted."""
    return list(Tenant.objects.filter(state=Tenant.State.DELETING).order_by("id").values_list("code", flat=True))


def end(code: str, *, drained_after: float = DRAINED_AFTER, tell: Tell = silent) -> int:
    """Drop everything of a tenant that is being deleted. Returns how many items of the log there were. AlreadyRunning;
    Cancelled; what a store raises: it is called again, and goes on. Nothing is done for a tenant in another state."""
    if code not in unended():
        return 0
    asked = AuditLine.objects.filter(tenant_code=code, action="tenant.deleted").first()
    by, reason = (asked.by, asked.reason) if asked else ("system:deletion", "")
    with work(KIND, tenant=code, what="", by=by, reason=reason, tell=tell) as running:
        _drain(running, drained_after)
        items = erase(code, tell=running.tell)
        running.tell("schema", items, items)
        _drop(code)
    return items


def _drain(running: Work, seconds: float) -> None:
    """Wait; the tenant's hosts lead nowhere already."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        running.check()
        time.sleep(min(left, 0.2))


def _drop(code: str) -> None:
    """The schema, its shadows and pasts, and what the public one holds; in the transaction that makes it deleted."""
    with transaction.atomic(), connection.cursor() as cursor:
        tenant = Tenant.objects.select_for_update().get(code=code)
        own = "SELECT nspname FROM pg_namespace WHERE nspname = %s OR starts_with(nspname, %s)"
        cursor.execute(own, [tenant.schema_name, f"{tenant.schema_name}__"])
        for (schema,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        for model in (Parked, HeldTenant, Cursor, Receipt, PersonKey, JournalHead):
            model.objects.filter(tenant_code=code).delete()
        tenant.name, tenant.state = "", Tenant.State.DELETED
        tenant.save(update_fields=["name", "state"])
