"""Tenants made by us rather than by a customer: from the command line, for the demo, the public one, the system's own.
Each is safe to repeat."""

from django.conf import settings
from django.db import transaction

from cqrs.steps import CodeTaken
from tenants.codes import NEVER_AGAIN, check_code
from tenants.email_addresses import parse_email
from tenants.models import PUBLIC, SYSTEM, Membership, Tenant, User, known_time_zone
from tenants.principal import Role
from tenants.provisioning import pool
from tenants.provisioning.claims import Wanted, claim, furnish, host_for, lead

OURS = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.HELD)
"""States in which a tenant is somebody's."""


def provision(
    code: str, *, name: str, owner_email: str, password: str | None = None, time_zone: str = "UTC", plan: str = ""
) -> Tenant:
    """The tenant with this code, made unless it exists and is theirs; its owner gets the password unless they have one.

    Raises what `check_code` refuses, CodeTaken for a tenant that somebody else owns; InvalidEmail; ValidationError for
    an unknown time zone, or a name that is none. A tenant that exists keeps its name.
    """
    email = parse_email(owner_email)
    known_time_zone(time_zone)
    Tenant._meta.get_field("name").clean(name, None)
    theirs = Tenant.objects.exclude(code__in=(PUBLIC, SYSTEM))
    tenant: Tenant | None = theirs.filter(code=code, state__in=OURS).first()
    if tenant is None:
        wanted = Wanted(code=check_code(code), name=name, time_zone=time_zone, plan=plan)
        return claim(wanted, owner=_person(email, password))
    if not Membership.objects.filter(tenant=tenant, user__email=email, role=Role.OWNER).exists():
        raise CodeTaken(NEVER_AGAIN, pointer="/code")
    with transaction.atomic():
        furnish(tenant)
        lead(host_for(code), tenant)
    return tenant


def create_public() -> Tenant:
    """The tenant that stands for the public host. Its schema is Postgres' own `public`."""
    tenant: Tenant
    tenant, _ = Tenant.objects.get_or_create(
        code=PUBLIC, defaults={"schema_name": PUBLIC, "name": "Tenfold", "state": Tenant.State.ACTIVE}
    )
    lead(settings.PUBLIC_HOST, tenant)
    return tenant


def create_system() -> Tenant:
    """The tenant of the system itself, made unless it exists: no host leads to it, nobody belongs to it."""
    tenant: Tenant | None = Tenant.objects.filter(code=SYSTEM).first()
    with transaction.atomic():
        if tenant is None:
            tenant = pool.take()
            tenant.code, tenant.name, tenant.state = SYSTEM, "System", Tenant.State.ACTIVE
            tenant.save()
        furnish(tenant)
    return tenant


def add_member(tenant: Tenant, *, email: str, role: Role, password: str | None = None, name: str = "") -> Membership:
    """That person's membership, made unless it exists; so are they."""
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password, name=name)
    membership, _ = Membership.objects.get_or_create(user=user, tenant=tenant, defaults={"role": role})
    return membership


def _person(email: str, password: str | None) -> User:
    """Whoever has this address; where nobody has, somebody who is not saved yet."""
    found = User.objects.filter(email=email.lower()).first()
    if found:
        return found
    new = User(email=email.lower())
    new.set_password(password)
    return new
