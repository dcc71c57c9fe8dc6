"""Deliveries, posted: in order per entity, tried again for days. An endpoint is worked on by one worker at a time, by a
lease; where two overlap all the same, a message goes twice under one id.

A little past the usual length: a delivery from being due to being done is read in one place.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cqrs.models import JournalLine
from cqrs.stream.models import JournalHead
from face.bodies import dumps
from face.events import envelope
from face.kept import note
from webhooks.events import line_of
from webhooks.models import Delivery, Endpoint
from webhooks.post import Outcome, post
from webhooks.queue import queue
from webhooks.signing import headers, message_id, opened

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PAUSES = (5 * SECOND, 300 * SECOND, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Before each further try, as Standard Webhooks proposes: more than three days in all."""

PATIENCE = timedelta(days=5)
"""An endpoint that has taken nothing for so long, and lost a message, is switched off."""

SLICE, LEASE = 20.0, timedelta(seconds=60)
"""Seconds after which an endpoint is given back, and for how long it is held: no post takes the difference."""

ROW_OF_FAILURES = 3
"""Failures after each other, after which a slice ends."""

_log = structlog.get_logger(__name__)


def waiting() -> list[tuple[str, str]]:
    """The endpoints of active tenants that something is to be done for, each with its tenant's code."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due = Exists(Delivery.objects.filter(endpoint=OuterRef("pk"), state="pending", next_at__lte=now))
    head = JournalHead.objects.filter(tenant_code=OuterRef("tenant__code")).values("position")[:1]
    found = Endpoint.objects.filter(free, is_active=True, tenant__state="active")
    ahead = found.annotate(head=Subquery(head)).filter(Q(due) | ~Q(position=F("head")), head__isnull=False)
    return list(ahead.values_list("tenant__code", "id"))


def work(endpoint_id: str, *, tenant: str) -> int:
    """Queue and post what is to be done for an endpoint of this tenant, for at most a slice. Returns how many were
    posted; of another's none. In the tenant's schema."""
    if not _claim(endpoint_id, tenant):
        return 0
    until, posted, failures = time.monotonic() + SLICE, 0, 0
    try:
        while queue(endpoint_id):
            continue
        for delivery in _due(endpoint_id):
            is_good = _try(delivery)
            posted, failures = posted + 1, 0 if is_good else failures + 1
            if failures == ROW_OF_FAILURES or time.monotonic() > until:
                break
    finally:
        Endpoint.objects.filter(pk=endpoint_id).update(leased_until=None)
    return posted


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None where there is no further one."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def _claim(endpoint_id: str, tenant: str) -> bool:
    now, own = timezone.now(), Endpoint.objects.filter(pk=endpoint_id, tenant__code=tenant, is_active=True)
    free = Endpoint.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk__in=own)
    return bool(free.update(leased_until=now + LEASE))


def _due(endpoint_id: str) -> Iterator[Delivery]:
    """One after the other, in the order of the journal; of an entity never one before those of older versions."""
    while delivery := _next(endpoint_id).first():
        yield delivery


def _next(endpoint_id: str) -> QuerySet[Delivery]:
    pending = Delivery.objects.filter(endpoint=endpoint_id, state="pending", endpoint__is_active=True)
    older = Delivery.objects.filter(
        endpoint=endpoint_id, state="pending", entity_id=OuterRef("entity_id"), version__lt=OuterRef("version")
    )
    ready = pending.filter(~Exists(older), next_at__lte=timezone.now())
    return ready.select_related("endpoint__tenant").order_by("position")


def _try(delivery: Delivery) -> bool:
    line = line_of(delivery)
    if line is None:  # its tenant's journal is being made anew: it comes back, or never was
        outcome = Outcome(error="The journal does not have this event any more.")
    else:
        outcome = _post(delivery, line, at=int(time.time()))
    _note(delivery, outcome, now=timezone.now())
    return outcome.is_good


def _post(delivery: Delivery, line: JournalLine, *, at: int) -> Outcome:
    endpoint = delivery.endpoint
    body = dumps(envelope(line))
    id = message_id(endpoint.id, delivery.entity_id, delivery.version)
    secrets = [opened(kept, endpoint=endpoint.id) for kept in _secrets(endpoint)]
    told = {"Content-Type": "application/cloudevents+json", "User-Agent": "Tenfold-Webhooks/1"}
    connection.close()  # nobody else waits for it while the endpoint takes its time
    return post(endpoint.url, body, {**told, **headers(body, id=id, at=at, secrets=secrets)})


def _secrets(endpoint: Endpoint) -> Iterator[str]:
    yield endpoint.secret
    if endpoint.old_secret_until and timezone.now() < endpoint.old_secret_until:
        yield endpoint.old_secret


def _note(delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    attempts = delivery.attempts + 1
    told = {"attempts": attempts, "tried_at": now, "status": outcome.status, "error": outcome.error}
    mine = Delivery.objects.filter(pk=delivery.pk)
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id)
    if outcome.is_good:
        mine.update(state=Delivery.State.DELIVERED, **told)
        endpoint.update(failing_since=None)
        return
    _log.info("webhook not delivered", endpoint=delivery.endpoint_id, attempts=attempts, error=outcome.error)
    endpoint.filter(failing_since=None).update(failing_since=now)
    if pause := pause_after(attempts):
        mine.update(next_at=now + max(pause, timedelta(seconds=outcome.wait)), **told)
    else:
        mine.update(state=Delivery.State.FAILED, **told)
    if outcome.is_gone:
        _switch_off(delivery.endpoint, "The endpoint answered 410: it is gone.")
    elif not pause and endpoint.filter(failing_since__lt=now - PATIENCE).exists():
        _switch_off(delivery.endpoint, f"It took nothing for {PATIENCE.days} days.")


def _switch_off(endpoint: Endpoint, reason: str) -> None:
    if Endpoint.objects.filter(pk=endpoint.pk, is_active=True).update(is_active=False, disabled_reason=reason):
        tenant, by = endpoint.tenant.code, "system:webhooks"
        note(None, tenant=tenant, by=by, action="webhook.disabled", subject=endpoint.id, reason=reason)


def forget_old(*, kept: timedelta = timedelta(days=30)) -> int:
    """Delete deliveries that were ended long ago, and the endpoints of tenants that are no more."""
    Endpoint.objects.filter(tenant__state="deleted").delete()
    over = Delivery.objects.exclude(state="pending").filter(created_at__lt=timezone.now() - kept)
    return over.filter(tried_at__lt=F("created_at") + kept).delete()[0]
