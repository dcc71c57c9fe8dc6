"""A new tenant from a source. Each step is safe to repeat, so that a restore which was killed is finished by the same
one, asked for again."""

from django.db import transaction

from cqrs.domain import Json
from cqrs.jobs.models import Job
from cqrs.jobs.running import Work, work
from cqrs.numbering.settings import forget, numbering_of
from cqrs.portable import Notes, count_again, fill, moved
from cqrs.progress import Tell, silent
from cqrs.projector import schema_of
from cqrs.store import Store
from face.kept import note
from tenants.archive.control import furnish
from tenants.archive.source import Source
from tenants.models import Tenant, User
from tenants.provisioning import Wanted, claim

KIND = "restore"


class IsThere(Exception):
    """There is a tenant of this code, and it is not one that this very restore left unfinished."""


def restore(source: Source, *, into: str, store: Store, by: str, reason: str = "", tell: Tell = silent) -> int:
    """Make the tenant `into` from a source. Returns the number of facts.

    Until it is whole it is held: nobody uses it. IsThere, AlreadyRunning, Cancelled; what provisioning raises.
    """
    if Tenant.objects.filter(code=into).exists() and not _was_begun(source, into):
        raise IsThere(into)
    with work(KIND, tenant=into, what=source.label, by=by, reason=reason, tell=tell) as running:
        tenant = _held(source, into)
        facts = _fill(source, tenant, store, running)
        with transaction.atomic():
            tenant.state = Tenant.State.ACTIVE
            tenant.save(update_fields=["state"])
            detail: dict[str, Json] = {"facts": facts, "from": source.label}
            note(None, tenant=into, by=by, action="tenant.restored", subject=into, detail=detail, reason=reason)
    return facts


def _was_begun(source: Source, into: str) -> bool:
    """Whether a restore of this source was begun here and not ended: the tenant is held for it."""
    begun = Job.objects.filter(kind=KIND, tenant_code=into, what=source.label).exclude(state=Job.State.DONE)
    return begun.exists() and Tenant.objects.filter(code=into, state=Tenant.State.HELD).exists()


def _held(source: Source, into: str) -> Tenant:
    tenant: Tenant | None = Tenant.objects.filter(code=into, state=Tenant.State.HELD).first()
    if tenant:
        return tenant
    control, owner = source.control, source.control.owner
    wanted = Wanted(code=into, name=control.name, time_zone=control.time_zone)
    user = User.objects.filter(email=owner.email).first() or User(email=owner.email, name=owner.name)
    if user.pk is None:
        user.set_unusable_password()
    return claim(wanted, owner=user, is_held=True)


def _fill(source: Source, tenant: Tenant, store: Store, running: Work) -> int:
    people, code = furnish(tenant, source.control), tenant.code
    forget()
    assert schema_of(code) == tenant.schema_name
    notes = Notes(numbering_of(code))
    facts = (moved(fact, tenant=code, people=people) for fact in source.facts())
    done = fill(code, facts, store=store, notes=notes, total=source.about, tell=running.tell)
    running.tell("counters", 0, 1)
    count_again(code, notes, fast=source.fast, store=store)
    return done
