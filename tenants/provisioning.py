"""Making tenants: row, schema, home, host and owner. Each step is safe to repeat, so that all of it is."""

import re

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import quote_schema_name, schema_context

from cqrs.models import Home
from cqrs.stream.models import JournalHead
from tenants.models import CODE, PUBLIC, RESERVED, SYSTEM, Domain, Membership, Tenant, User, known_time_zone
from tenants.principal import Role


class BadCode(ValueError):
    """A tenant's code is 2 to 31 small letters, digits and hyphens, the first a letter; not `public` or `system`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code!r}: {type(self).__doc__}")


def provision(code: str, *, name: str, owner_email: str, password: str | None = None, time_zone: str = "UTC") -> Tenant:
    """The active tenant with this code, made unless it exists; its owner gets the password unless they have one.

    Raises BadCode; ValidationError for an unknown time zone. A tenant that exists keeps its name.
    """
    if code in RESERVED or not re.fullmatch(CODE, code):
        raise BadCode(code)
    known_time_zone(time_zone)
    tenant = _with_tables(code, name=name, time_zone=time_zone)
    with transaction.atomic():
        _furnish(tenant)
        _lead(host_for(tenant.code), tenant)
        add_member(tenant, email=owner_email, password=password, role=Role.OWNER)
    return tenant


def create_public() -> Tenant:
    """The tenant that stands for the public host. Its schema is Postgres' own `public`."""
    tenant: Tenant
    tenant, _ = Tenant.objects.get_or_create(
        code=PUBLIC, defaults={"schema_name": PUBLIC, "name": "Tenfold", "state": Tenant.State.ACTIVE}
    )
    _lead(settings.PUBLIC_HOST, tenant)
    return tenant


def create_system() -> Tenant:
    """The tenant of the system itself, made unless it exists: no host leads to it, nobody belongs to it."""
    tenant = _with_tables(SYSTEM, name="System", time_zone="UTC")
    with transaction.atomic():
        _furnish(tenant)
    return tenant


def add_member(tenant: Tenant, *, email: str, role: Role, password: str | None = None, name: str = "") -> Membership:
    """That person's membership, made unless it exists; so are they."""
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password, name=name)
    membership, _ = Membership.objects.get_or_create(user=user, tenant=tenant, defaults={"role": role})
    return membership


def host_for(code: str) -> str:
    """The host name that comes with a tenant: `acme.localhost`."""
    return f"{code}.{settings.PUBLIC_HOST}"


def _with_tables(code: str, *, name: str, time_zone: str) -> Tenant:
    tenant = _make_schema(code, name=name, time_zone=time_zone)
    if tenant.state == Tenant.State.PROVISIONING:
        call_command("migrate_schemas", tenant=True, schema_name=tenant.schema_name, interactive=False, verbosity=0)
    return tenant


def _make_schema(code: str, *, name: str, time_zone: str) -> Tenant:
    """Row and schema together: a tenant without a schema would have its tables made in `public`."""
    schema = "t_" + code.replace("-", "_")
    with transaction.atomic(), connection.cursor() as cursor:
        defaults = {"schema_name": schema, "name": name, "time_zone": time_zone}
        tenant: Tenant
        tenant, _ = Tenant.objects.get_or_create(code=code, defaults=defaults)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_schema_name(schema)}")
    return tenant


def _furnish(tenant: Tenant) -> None:
    with schema_context(tenant.schema_name):
        Home.objects.get_or_create(tenant_code=tenant.code)
    JournalHead.objects.get_or_create(tenant_code=tenant.code)
    if tenant.state == Tenant.State.PROVISIONING:
        tenant.state = Tenant.State.ACTIVE
        tenant.save(update_fields=["state"])


def _lead(host: str, tenant: Tenant) -> None:
    Domain.objects.get_or_create(domain=host, tenant=tenant)
