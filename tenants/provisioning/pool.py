"""The pool: tenants that are nobody's yet, with schemas that are ready, so that signing up waits for no migration."""

import secrets
import time
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import QuerySet
from django_tenants.utils import quote_schema_name

from tenants import cloning, migrating
from tenants.models import POOL, TEMPLATE, Tenant

REST = 1.0
"""Seconds between two schemas that nobody waits for."""

FILLING = 0x7E4F0110
"""The advisory lock of whoever fills the pool."""


def fill(size: int, *, rest: float = 0.0, until: Callable[[], bool] = lambda: False) -> int:
    """Have this many ready, or as many as there is time for; with a rest of so many seconds after each, so that those
    who write hardly notice. Returns how many were made; 0 where somebody else is at it. Each is a transaction."""
    made = 0
    while not until() and _one_more(size):
        made += 1
        time.sleep(rest)
    return made


def is_short(size: int) -> bool:
    """Whether fewer than this many are ready."""
    return len(_ready().values_list("pk")[:size]) < size


def take() -> Tenant:
    """A ready tenant, locked for the transaction that is open; made now where the pool is empty."""
    found: Tenant | None = _ready().select_for_update(skip_locked=True).order_by("id").first()
    return found or make()


def make() -> Tenant:
    """A ready tenant, all of it or nothing."""
    with transaction.atomic():
        pattern, name = template(), secrets.token_hex(8)
        tenant: Tenant = Tenant.objects.create(
            code=f"{POOL}{name}", name="Ready", schema_name=f"t_{name}", state=Tenant.State.READY
        )
        if cloning.beyond(pattern.schema_name):
            _migrated(tenant)
        else:
            cloning.copy(pattern.schema_name, tenant.schema_name)
    return tenant


def template() -> Tenant:
    """The tenant whose schema is the pattern, made where there is none yet."""
    found: Tenant | None = Tenant.objects.filter(code=TEMPLATE).first()
    if found:
        return found
    with transaction.atomic():
        fields = {"name": "Template", "schema_name": f"t_{TEMPLATE}", "state": Tenant.State.READY}
        tenant: Tenant
        tenant, is_new = Tenant.objects.get_or_create(code=TEMPLATE, defaults=fields)
        if is_new:  # whoever comes second has waited for the first
            _migrated(tenant)
    return tenant


def _one_more(size: int) -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FILLING])
            is_mine = cursor.fetchone() == (True,)
        if not is_mine or not is_short(size):
            return False
        make()
    return True


def _ready() -> QuerySet[Tenant]:
    ready: QuerySet[Tenant] = Tenant.objects.filter(state=Tenant.State.READY).exclude(code=TEMPLATE)
    return ready


def _migrated(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {quote_schema_name(tenant.schema_name)}")
    migrating.migrate([tenant.schema_name])
