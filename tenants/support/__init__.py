"""Staff in a tenant: for a reason, for a while, where the tenant sees it and can end it.

access = support.open(tenant, staff, role=Role.VIEWER, reason="ticket 4711", lasts=timedelta(hours=1))
return over(request, hand_over(request, staff, to=tenant))      # tenants/handover.py
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cqrs.domain import Actor, Json, Refused
from face.kept import note
from tenants.lifecycle import NobodysTenant, ReasonRequired
from tenants.models import PUBLIC, SYSTEM, SupportAccess, Tenant, User
from tenants.principal import Principal, Role

LASTS_MOST = timedelta(hours=8)

SCOPES = {
    Role.VIEWER: frozenset({"*:read"}),
    Role.ADMIN: frozenset({"*:read", "*:write", "settings:manage"}),
}
"""What each role may here: what would outlast the access, a key or a membership, is nobody's to give."""


class NotStaff(Refused):
    """Support access is for staff."""


class NotForSupport(Refused):
    """Support reads, or does what an admin does: viewer or admin."""


class TooLong(Refused):
    """Support access lasts 8 hours at most."""


def open(
    tenant: Tenant, staff: User, *, role: Role, reason: str, lasts: timedelta, request: HttpRequest | None = None
) -> SupportAccess:
    """Let this member of staff in for a while; an access of theirs that is open ends. NotStaff, NotForSupport, TooLong,
    ReasonRequired, NobodysTenant."""
    reason = reason.strip()
    _check(tenant, staff, role=role, reason=reason, lasts=lasts)
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)  # of two at once, the second ends the first's
        for earlier in standing(tenant).filter(staff=staff):
            close(earlier, by=f"staff:{staff.pk}", request=request)
        ends = timezone.now() + lasts
        access = SupportAccess.objects.create(tenant=tenant, staff=staff, role=role, reason=reason, expires_at=ends)
        told: dict[str, Json] = {"role": str(role), "expires_at": ends.isoformat()}
        note(
            request,
            tenant=tenant.code,
            by=f"staff:{staff.pk}",
            on_behalf_of=str(access),
            action="support.opened",
            subject=str(access),
            detail=told,
            reason=reason,
        )
    return access


def close(access: SupportAccess, *, by: str, request: HttpRequest | None = None) -> bool:
    """End it at once, whoever asks: `by` is `user:7` or `staff:2`. False where it is over already."""
    now = timezone.now()
    with transaction.atomic():
        still = SupportAccess.objects.filter(pk=access.pk, ended_at=None, expires_at__gt=now)
        if not still.update(ended_at=now, ended_by=by):
            return False
        tag, code = str(access), access.tenant.code
        note(request, tenant=code, by=by, on_behalf_of=tag, action="support.closed", subject=tag)
    return True


def standing(tenant: Tenant) -> QuerySet[SupportAccess]:
    """The accesses to a tenant that are open now."""
    found = SupportAccess.objects.filter(tenant=tenant, ended_at=None, expires_at__gt=timezone.now())
    return found.select_related("staff", "tenant")


def open_to(staff: User, *, tenant: Tenant) -> SupportAccess | None:
    """The access of this member of staff that is open now."""
    return standing(tenant).filter(staff=staff).first() if staff.is_staff and staff.is_active else None


def principal_of(access: SupportAccess) -> Principal:
    """Staff in the tenant: themselves, under this access, which stands on all that they do."""
    role, actor = Role(access.role), Actor(f"staff:{access.staff_id}")
    return Principal(actor, "Tenfold staff", role, access.tenant.code, SCOPES[role], on_behalf_of=str(access))


def _check(tenant: Tenant, staff: User, *, role: Role, reason: str, lasts: timedelta) -> None:
    if tenant.code in (PUBLIC, SYSTEM):
        raise NobodysTenant
    if not (staff.is_staff and staff.is_active):
        raise NotStaff
    if role not in SCOPES:
        raise NotForSupport(pointer="/role")
    if not timedelta() < lasts <= LASTS_MOST:
        raise TooLong(pointer="/lasts")
    if not reason:
        raise ReasonRequired(pointer="/reason")
