"""The erasure of a person, step by step. Each step is safe to repeat; what comes last is what finds them again."""

import time
from dataclasses import dataclass

from django.db import transaction

from cqrs.personal import keys
from cqrs.personal.postgres import REMEMBERED_FOR
from cqrs.progress import Tell, silent
from cqrs.projections import PROJECTIONS
from cqrs.rebuild import rebuild
from cqrs.rebuild.past import forget, pasts
from cqrs.store import Store
from face.kept import note
from face.models import AuditLine
from tenants import members
from tenants.erasure.persons import Person
from tenants.erasure.scrub import lock_out, scrub
from tenants.models import Membership, Tenant
from tenants.principal import Principal, Role

GONE = (Tenant.State.DELETING, Tenant.State.DELETED)
"""States in which a tenant has no rows, or soon none."""


class StillOwner(Exception):
    """They are the only owner of these tenants: somebody else must be one first, or the tenant deleted."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: keys destroyed now, tenants whose rows were made again, memberships ended."""

    keys: int
    tenants: int
    memberships: int


def erase(
    person: Person, *, everywhere: bool, store: Store, by: str, reason: str, tell: Tell = silent, within: float = 0
) -> Erased:
    """Erase a person in their tenants, and `everywhere` as a user too. StillOwner before anything is done; what a
    rebuild raises, and then the same erasure, asked for again, goes on.

    Rows are made again once no process remembers a key any more: that takes REMEMBERED_FOR, or `within` seconds.
    """
    _check_not_last(person)
    if everywhere and person.user:
        lock_out(person.user)
    destroyed = sum(_shred(person, each, by=by, reason=reason) for each in person.tenants)
    time.sleep(within or REMEMBERED_FOR)
    for tenant in person.tenants:
        _show_again(tenant, store, by=by, reason=f"erasure of {person.id}", tell=tell)
    ended = sum(_part(person, each) for each in person.tenants)
    if everywhere and person.user:
        scrub(person)
    return Erased(destroyed, len(person.tenants), ended)


def _check_not_last(person: Person) -> None:
    owned = Membership.objects.filter(user=person.user, role=Role.OWNER, tenant__in=person.tenants)
    living = owned.exclude(tenant__state__in=GONE) if person.user else owned.none()
    alone = [
        each.tenant.code
        for each in living.select_related("tenant")
        if not Membership.objects.filter(tenant=each.tenant, role=Role.OWNER).exclude(pk=each.pk).exists()
    ]
    if alone:
        raise StillOwner(", ".join(alone))


def _shred(person: Person, tenant: Tenant, *, by: str, reason: str) -> int:
    """Destroy what opens their fields in a tenant, with a line on its audit; none where that was done before."""
    with transaction.atomic():
        destroyed = keys().erase(tenant.code, person.ids)
        AuditLine.objects.filter(tenant_code=tenant.code, by__in=person.ids).update(ip="")
        if destroyed or Membership.objects.filter(user=person.user, tenant=tenant).exists():
            detail = {"keys": destroyed}
            note(
                None, tenant=tenant.code, by=by, action="person.erased", subject=person.id, detail=detail, reason=reason
            )
    return destroyed


def _show_again(tenant: Tenant, store: Store, *, by: str, reason: str, tell: Tell) -> None:
    """Rows that hold what is personal, without it; tables that were made of the past go."""
    if tenant.state in GONE:
        return
    types = [type for type, each in PROJECTIONS.items() if each.model and each.entity.personal]
    if types:
        rebuild(tenant.code, types, store=store, by=by, reason=reason, tell=tell)
    for past in pasts(tenant.code):
        forget(past)


def _part(person: Person, tenant: Tenant) -> int:
    """End a membership. Its audit line is that of the erasure."""
    if not person.user or not Membership.objects.filter(user=person.user, tenant=tenant).exists():
        return 0
    if tenant.state in GONE:
        return Membership.objects.filter(user=person.user, tenant=tenant).delete()[0]
    staff = Principal.staff(user_id=0, name="", tenant=tenant.code)
    with transaction.atomic():
        members.remove(staff, tenant, person.id)
    return 1
