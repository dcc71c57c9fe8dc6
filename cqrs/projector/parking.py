"""What is not shown and waits: parked entities, held tenants, and the breaker that stops a release which parks many."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from cqrs.projector.schemas import schema_of
from cqrs.projector.show import Commit, lock_heads
from cqrs.store import Fact
from cqrs.stream.models import Breaker, HeldTenant, Parked

MANY, WITHIN = 20, timedelta(minutes=1)
"""More than this many parked within that time, and nothing more is: the release is the likelier fault."""

_log = structlog.get_logger(__name__)


class BreakerOpen(Exception):
    """Too many entities would be parked: projecting waits for a release that can show them, or for `parked resume`."""


def hold(cursor: CursorWrapper, facts: Iterable[Fact], *, error: str = "the tenant is held") -> None:
    """Note facts as held, in the transaction that passes them by. What is parked stays so."""
    newest: dict[str, Fact] = {}
    for fact in facts:
        newest[fact.id] = max(fact, newest.get(fact.id, fact), key=lambda each: each.version)
    if newest:
        _note(cursor, newest.values(), state=Parked.State.HELD, error=error)


def hold_tenant(facts: Iterable[Fact], *, error: str, renew: Commit) -> None:
    """Hold a tenant with these facts of it."""
    facts = list(facts)
    _log.warning("tenant held", tenant=facts[0].tenant_code, error=error)
    with transaction.atomic(), connection.cursor() as cursor:
        held = HeldTenant(tenant_code=facts[0].tenant_code, error=error, held_at=Now())
        HeldTenant.objects.bulk_create([held], ignore_conflicts=True)
        hold(cursor, facts, error=error)
        renew(cursor)


def held_tenants() -> set[str]:
    """The tenants that are held now."""
    return set(HeldTenant.objects.values_list("tenant_code", flat=True))


def set_apart(facts: Sequence[Fact]) -> set[str]:
    """The ids of those entities that are not to be shown now: parked or discarded ones, all of a tenant that is held or
    has no schema."""
    waiting = {code for code in {fact.tenant_code for fact in facts} if schema_of(code) is None} | held_tenants()
    ids = {fact.id for fact in facts}
    parked = Parked.objects.exclude(state=Parked.State.HELD).filter(entity_id__in=ids)
    return {*parked.values_list("entity_id", flat=True), *(each.id for each in facts if each.tenant_code in waiting)}


def park(facts: Iterable[Fact], *, error: str, renew: Commit) -> None:
    """Park one entity, given these facts of it. BreakerOpen where too many were parked just now."""
    newest = max(facts, key=lambda fact: fact.version)
    if Parked.objects.filter(state=Parked.State.PARKED, parked_at__gt=Now() - WITHIN).count() >= MANY:
        _trip(newest, error)
        raise BreakerOpen(error)
    _log.error("entity parked", tenant=newest.tenant_code, entity_id=newest.id, version=newest.version, error=error)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_heads(cursor, [newest.tenant_code])
        _note(cursor, [newest], state=Parked.State.PARKED, error=error)
        renew(cursor)


def refuse_while_tripped(error: Exception) -> None:
    """BreakerOpen while the breaker is."""
    if Breaker.objects.exists():
        raise BreakerOpen(str(error)) from error


def _trip(fact: Fact, error: str) -> None:
    _log.critical("breaker tripped", entity_id=fact.id, error=error)
    breaker = Breaker(entity_id=fact.id, error=error, tripped_at=Now())
    Breaker.objects.bulk_create([breaker], ignore_conflicts=True)


def _note(cursor: CursorWrapper, newest: Iterable[Fact], *, state: str, error: str) -> None:
    ordered = sorted(newest, key=lambda fact: fact.id)
    codes, versions = [fact.tenant_code for fact in ordered], [fact.version for fact in ordered]
    cursor.execute(
        "INSERT INTO public.parked AS there"
        " (entity_id, tenant_code, version, state, error, parked_at, reason, decided_by)"
        " SELECT id, code, version, %s, %s, now(), '', ''"
        " FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS met(id, code, version)"
        " ON CONFLICT (entity_id) DO UPDATE SET version = greatest(there.version, EXCLUDED.version),"
        " (state, error, parked_at) = (SELECT EXCLUDED.state, EXCLUDED.error, EXCLUDED.parked_at"
        "  WHERE (there.state, EXCLUDED.state) = ('held', 'parked')"
        "  UNION ALL SELECT there.state, there.error, there.parked_at"
        "  WHERE (there.state, EXCLUDED.state) <> ('held', 'parked'))",
        [state, error, [fact.id for fact in ordered], codes, versions],
    )
