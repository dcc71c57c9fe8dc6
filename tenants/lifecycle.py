"""What becomes of a tenant: renamed, suspended, held, active again, deleted. Each with who asked for it and why, a line
on the audit, and safe to repeat: what holds already is left alone, and not told again.

    suspend(tenant, by="staff:1", reason="invoice 2026-000017 is overdue", request=request)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cqrs.domain import Json, Refused
from cqrs.messages import send_on_commit
from face import standing
from face.kept import note
from tenants import hosts
from tenants.models import PUBLIC, SYSTEM, TEMPLATE, ApiKey, HandOver, Tenant, known_time_zone

State = Tenant.State


class ReasonRequired(Refused):
    """Say why: the reason stands on the audit."""


class WrongState(Refused):
    """This cannot be done to a tenant in its state."""


class NobodysTenant(Refused):
    """This tenant is the system's own: it stays as it is."""


def suspend(tenant: Tenant, *, by: str, reason: str, request: HttpRequest | None = None) -> Tenant:
    """From now on it can only be read. ReasonRequired, WrongState, NobodysTenant."""
    return _become(tenant, State.SUSPENDED, "suspended", of=[State.ACTIVE], by=by, reason=reason, request=request)


def hold(tenant: Tenant, *, by: str, reason: str, request: HttpRequest | None = None) -> Tenant:
    """From now on nobody can use it, until `resume`: something is done to it. ReasonRequired, WrongState,
    NobodysTenant."""
    of = [State.ACTIVE, State.SUSPENDED]
    return _become(tenant, State.HELD, "held", of=of, by=by, reason=reason, request=request)


def resume(tenant: Tenant, *, by: str, reason: str, request: HttpRequest | None = None) -> Tenant:
    """It is active again. ReasonRequired, WrongState, NobodysTenant."""
    of = [State.SUSPENDED, State.HELD]
    return _become(tenant, State.ACTIVE, "resumed", of=of, by=by, reason=reason, request=request)


def delete(tenant: Tenant, *, by: str, reason: str, request: HttpRequest | None = None) -> Tenant:
    """Its hosts lead nowhere at once, its keys are revoked, its people belong to it no more; then a worker ends it
    (tenants/deletion.py). There is no way back. ReasonRequired, WrongState, NobodysTenant."""
    of = [State.ACTIVE, State.SUSPENDED, State.HELD]
    if tenant.state == State.DELETED:
        return tenant
    return _become(tenant, State.DELETING, "deleted", of=of, by=by, reason=reason, request=request, also=_block)


def rename(tenant: Tenant, *, name: str, by: str, reason: str = "", request: HttpRequest | None = None) -> Tenant:
    """Its name; its code stays. NobodysTenant."""
    return change(tenant, {"name": name}, by=by, reason=reason, request=request)


def change(
    tenant: Tenant, values: dict[str, str], *, by: str, reason: str = "", request: HttpRequest | None = None
) -> Tenant:
    """Its `name` and its `time_zone`, or one of them, with a line on the audit where that changes something.
    NobodysTenant; ValidationError for an unknown time zone."""
    with transaction.atomic():
        found, detail = changed(tenant, values)
        if detail:
            whose = {"tenant": found.code, "subject": found.code, "by": by, "reason": reason}
            note(request, action="tenant.set", detail=detail, **whose)
    return found


def changed(tenant: Tenant, values: Mapping[str, str]) -> tuple[Tenant, dict[str, Json]]:
    """The tenant with these values, in the transaction that is open, and what an audit line says of it: empty where
    nothing changes. NobodysTenant; ValidationError for an unknown time zone."""
    if zone := values.get("time_zone"):
        known_time_zone(zone)
    found = _locked(tenant)
    new: dict[str, Json] = {name: value for name, value in values.items() if getattr(found, name) != value}
    before: dict[str, Json] = {name: getattr(found, name) for name in new}
    if new:
        _set(found, **new)
    return found, {"before": before, "after": new} if new else {}


def _become(
    tenant: Tenant,
    state: Tenant.State,
    fact: str,
    *,
    of: Sequence[Tenant.State],
    by: str,
    reason: str,
    request: HttpRequest | None,
    also: Callable[[Tenant], None] = lambda _: None,
) -> Tenant:
    if not reason.strip():
        raise ReasonRequired(pointer="/reason")
    with transaction.atomic():
        found = _locked(tenant)
        if found.state == state:
            return found
        if found.state not in of:
            raise WrongState(state=found.state)
        detail = {"before": str(found.state)}
        note(
            request, tenant=found.code, by=by, action=f"tenant.{fact}", subject=found.code, detail=detail, reason=reason
        )
        also(found)
        _set(found, state=state)
    return found


def _block(tenant: Tenant) -> None:
    tenant.domains.all().delete()
    ApiKey.objects.filter(tenant=tenant, revoked_at=None).update(revoked_at=timezone.now())
    HandOver.objects.filter(tenant=tenant).delete()
    tenant.memberships.all().delete()
    send_on_commit("tenants.end", expires=60)


def _locked(tenant: Tenant) -> Tenant:
    if tenant.code in (PUBLIC, SYSTEM, TEMPLATE):
        raise NobodysTenant
    found: Tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    return found


def _set(tenant: Tenant, **values: Any) -> None:
    for name, value in values.items():
        setattr(tenant, name, value)
    tenant.save(update_fields=list(values))
    transaction.on_commit(hosts.forget)  # again: somebody may have asked between the change and its commit
    transaction.on_commit(standing.forget)
