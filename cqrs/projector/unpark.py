"""Back into view: what was held shows by itself once its tenant is ready, what was parked when somebody asks for it."""

from collections.abc import Iterator, Sequence

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from cqrs.projections import UnknownType
from cqrs.projector.faults import is_not_ready, is_passing, told
from cqrs.projector.parking import held_tenants
from cqrs.projector.prepare import prepare, shown_versions
from cqrs.projector.schemas import schema_of
from cqrs.projector.show import bound, lock_heads, show
from cqrs.store import Fact, Store
from cqrs.stream.models import Breaker, HeldTenant, Parked

CHUNK = 100
"""Held entities shown in one transaction."""

SOON = "300ms"

_log = structlog.get_logger(__name__)


def retry(entity_id: str, *, store: Store) -> int:
    """Show a parked or discarded entity, all of it in order from the log. Returns the number of journal lines.

    Raises what still hinders it; that is then its error, and it stays as it was.
    """
    parked = Parked.objects.get(entity_id=entity_id)
    try:
        return _show([parked], store=store)
    except Exception as error:
        Parked.objects.filter(entity_id=entity_id).update(error=told(error))
        raise


def discard(entity_id: str, *, reason: str, by: str) -> None:
    """Give a parked entity up: it keeps the rows it has, and `verify` names who decided that and why."""
    if not reason.strip():
        raise ValueError("Say why it is discarded.")
    decided = {"reason": reason, "decided_by": by, "decided_at": Now()}
    if not Parked.objects.filter(entity_id=entity_id).update(state=Parked.State.DISCARDED, **decided):
        raise Parked.DoesNotExist(entity_id)


def resume() -> bool:
    """Close the breaker by hand. False where it was not open."""
    return bool(Breaker.objects.all().delete()[0])


def release(*, store: Store) -> int:
    """Show what is held of tenants that are ready now. Returns the number of journal lines."""
    held = set(Parked.objects.filter(state=Parked.State.HELD).values_list("tenant_code", flat=True).distinct())
    tenants = held | held_tenants()
    return sum(_release(tenant, store=store) for tenant in sorted(tenants) if schema_of(tenant))


def _release(tenant: str, *, store: Store) -> int:
    lines = 0
    try:
        for chunk in _chunks(tenant):
            lines += _show_or_park(chunk, store=store)
    except Exception as error:
        if not is_not_ready(error):
            raise
        _log.info("tenant still held", tenant=tenant, error=told(error))
    else:
        HeldTenant.objects.filter(tenant_code=tenant).delete()
    return lines


def _show_or_park(held: Sequence[Parked], *, store: Store) -> int:
    """All of them; else one by one, so that one that cannot be shown is parked and hinders nobody."""
    try:
        return _show(held, store=store)
    except Exception as error:
        if is_passing(error) or is_not_ready(error):
            raise
        if len(held) > 1:
            return sum(_show_or_park([each], store=store) for each in held)
        if not isinstance(error, UnknownType):  # that one waits for the release which knows it
            of = Parked.objects.filter(entity_id=held[0].entity_id)
            of.update(state=Parked.State.PARKED, error=told(error), parked_at=Now())
    return 0


def _chunks(tenant: str) -> Iterator[Sequence[Parked]]:
    held, after = Parked.objects.filter(tenant_code=tenant, state=Parked.State.HELD).order_by("entity_id"), ""
    while chunk := list(held.filter(entity_id__gt=after)[:CHUNK]):
        yield chunk
        after = chunk[-1].entity_id


def _show(parked: Sequence[Parked], *, store: Store) -> int:
    """Show entities that were set apart, up to their newest versions, and forget that they were."""
    with connection.cursor() as cursor:
        shown = shown_versions(cursor, {each.entity_id: each.tenant_code for each in parked})
    facts: list[Fact] = [fact for id, version in shown.items() for fact in store.history(id, after=version)]
    prepared = prepare(facts, store=store)
    with transaction.atomic(), connection.cursor() as cursor:
        bound(cursor, SOON)
        lock_heads(cursor, {each.tenant_code for each in parked})
        for each in parked:
            newest = max((fact.version for fact in facts if fact.id == each.entity_id), default=shown[each.entity_id])
            Parked.objects.filter(entity_id=each.entity_id, version__lte=newest).delete()
        return show(prepared, commit=lambda cursor: None, lock_within=SOON)
