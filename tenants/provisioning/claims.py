"""Making a ready tenant somebody's: its name, home, journal, host, owner and audit line, in one transaction."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django_tenants.utils import schema_context

from cqrs.models import Home
from cqrs.stream.models import JournalHead
from face.kept import note
from tenants.codes import check_code
from tenants.hooks import Provisioned, provisioned
from tenants.models import Domain, Membership, Tenant, User
from tenants.principal import Role
from tenants.provisioning import pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The tenant that somebody wants: a free code, a name, an IANA time zone, a plan's name or nothing."""

    code: str
    name: str
    time_zone: str = "UTC"
    plan: str = ""


def claim(wanted: Wanted, *, owner: User, request: HttpRequest | None = None, is_held: bool = False) -> Tenant:
    """The new tenant, active, and everything that belongs to it; or nothing of it. An `owner` who is not saved yet is
    saved with it. What `check_code` refuses, and what a handler of `on_provisioned` raises.

    One that `is_held` is to be filled with what was before: nobody uses it yet, and no handler is called."""
    check_code(wanted.code)
    with transaction.atomic():
        tenant = pool.take()
        _name(tenant, wanted, Tenant.State.HELD if is_held else Tenant.State.ACTIVE)
        furnish(tenant)
        if owner.pk is None:
            owner.save()
        Membership.objects.create(user=owner, tenant=tenant, role=Role.OWNER)
        detail = {"name": wanted.name, "plan": wanted.plan}
        by = f"user:{owner.pk}"
        note(request, tenant=tenant.code, by=by, action="tenant.provisioned", subject=tenant.code, detail=detail)
        if not is_held:
            provisioned(Provisioned(tenant, owner, wanted.plan))
    return tenant


def furnish(tenant: Tenant) -> None:
    """What every tenant has besides its tables: a home, which is whose rows its tables take, and a journal."""
    with schema_context(tenant.schema_name):
        Home.objects.bulk_create([Home(tenant_code=tenant.code)], ignore_conflicts=True)
    JournalHead.objects.bulk_create([JournalHead(tenant_code=tenant.code)], ignore_conflicts=True)


def lead(host: str, tenant: Tenant) -> None:
    """Have this host lead there."""
    Domain.objects.get_or_create(domain=host, tenant=tenant)


def host_for(code: str) -> str:
    """The host name that comes with a tenant: `acme.localhost`."""
    return f"{code}.{settings.PUBLIC_HOST}"


def _name(tenant: Tenant, wanted: Wanted, state: Tenant.State) -> None:
    """Of two who want the same code at once, the second waits here for the first, and is told like anybody. Its host is
    nobody's yet either, so it is written as it is: `lead` would look first."""
    tenant.code, tenant.name, tenant.time_zone = wanted.code, wanted.name, wanted.time_zone
    tenant.state = state
    try:
        with transaction.atomic():
            tenant.save()
            Domain.objects.bulk_create([Domain(domain=host_for(tenant.code), tenant=tenant, is_primary=True)])
    except IntegrityError:
        check_code(wanted.code)
        raise
