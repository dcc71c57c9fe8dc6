"""A tenant's endpoints as its people and programs change them; each change is made within a transaction.

A little past the usual length: an endpoint's whole life is read in one place.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Least
from django.utils import timezone

from cqrs.domain import NotFound, Refused
from face.kept import Made
from face.refusals import CursorExpired
from tenants.models import Tenant
from webhooks.models import Delivery, Endpoint
from webhooks.queue import head_of, patterns
from webhooks.signing import new_secret, sealed
from webhooks.targets import check_url

ENDPOINTS_MOST = 20
"""Of a tenant."""

OVERLAP = timedelta(hours=24)
"""For how long messages are signed with the old secret, too."""


class UnknownEvent(Refused):
    """There is no such type of event."""


class TooManyWebhooks(Refused):
    """A workspace has at most 20 webhooks."""


def shown(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as clients see it; never its secret."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": endpoint.events,
        "description": endpoint.description,
        "is_active": endpoint.is_active,
        "disabled_reason": endpoint.disabled_reason,
        "failing_since": endpoint.failing_since,
        "position": endpoint.position,
        "created_at": endpoint.created_at,
        "created_by": endpoint.created_by,
    }


def delivery_shown(delivery: Delivery) -> dict[str, Any]:
    """A delivery as clients see it."""
    return {
        "id": delivery.pk,
        "event": f"{delivery.entity_id.replace('#', '~')}@{delivery.version}",
        "type": delivery.type,
        "position": delivery.position,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "error": delivery.error,
        "created_at": delivery.created_at,
        "tried_at": delivery.tried_at,
        "next_at": delivery.next_at if delivery.state == Delivery.State.PENDING else None,
    }


def found(tenant: Tenant, id: str) -> Endpoint:
    """The tenant's endpoint. NotFound."""
    endpoint = Endpoint.objects.filter(tenant=tenant, id=id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def held(tenant: Tenant, id: str) -> Endpoint:
    """The same, which nobody else changes until the transaction ends. NotFound."""
    endpoint = Endpoint.objects.select_for_update().filter(tenant=tenant, id=id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def made(tenant: Tenant, *, url: str, events: Sequence[str], description: str, by: str) -> Made:
    """A new endpoint, for what happens from now on; the answer's `secret` is shown once. InvalidUrl, NotPublic,
    PortClosed, UnknownEvent, TooManyWebhooks."""
    check_url(url)
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if Endpoint.objects.filter(tenant=tenant).count() >= ENDPOINTS_MOST:
        raise TooManyWebhooks(limit=ENDPOINTS_MOST)
    secret, position = new_secret(), head_of(tenant.code)
    endpoint = Endpoint(tenant=tenant, url=url, events=_known(events), position=position, created_by=by)
    endpoint.description, endpoint.secret = description, sealed(secret, endpoint=endpoint.id)
    endpoint.save(force_insert=True)
    told = shown(endpoint) | {"secret": secret}
    return Made(told, subject=endpoint.id, detail={"url": url, "events": list(endpoint.events)})


def edited(tenant: Tenant, id: str, changes: Mapping[str, Any]) -> Made:
    """Another address, other events, on or off. One that is switched on again goes on from the end of the journal: what
    happened meanwhile can be replayed. NotFound, InvalidUrl, NotPublic, PortClosed, UnknownEvent."""
    endpoint = held(tenant, id)
    before = {name: getattr(endpoint, name) for name in changes}
    if "url" in changes:
        check_url(changes["url"])
    if "events" in changes:
        changes = {**changes, "events": _known(changes["events"])}
    for name, value in changes.items():
        setattr(endpoint, name, value)
    if changes.get("is_active") and not before["is_active"]:
        endpoint.position, endpoint.disabled_reason, endpoint.failing_since = head_of(tenant.code), "", None
    endpoint.save()
    is_new = any(getattr(endpoint, name) != value for name, value in before.items())
    return Made(shown(endpoint), subject=id, detail=dict(changes), changed=is_new)


def rotated(tenant: Tenant, id: str, *, overlap: timedelta = OVERLAP) -> Made:
    """Another secret, shown once; for a while messages are signed with the old one, too. NotFound."""
    endpoint, secret = held(tenant, id), new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, timezone.now() + overlap
    endpoint.secret = sealed(secret, endpoint=id)
    endpoint.save()
    return Made(shown(endpoint) | {"secret": secret}, subject=id)


def removed(tenant: Tenant, id: str) -> Made:
    """No more; its deliveries go with it. NotFound."""
    endpoint = held(tenant, id)
    endpoint.delete()
    return Made(None, subject=id, detail={"url": endpoint.url})


def resent(tenant: Tenant, id: str, delivery: int) -> Made:
    """Post one again, in its turn. NotFound."""
    endpoint = held(tenant, id)
    again = Delivery.objects.filter(endpoint=endpoint, pk=delivery)
    if not again.update(**_anew()):
        raise NotFound
    return Made(delivery_shown(again.get()), subject=id, detail={"delivery": delivery})


def replayed(tenant: Tenant, id: str, *, after: int) -> Made:
    """Post again whatever happened after a position of the journal, and was asked for. NotFound, CursorExpired."""
    endpoint, head = held(tenant, id), head_of(tenant.code)
    if after > head:
        raise CursorExpired(newest=head)
    Delivery.objects.filter(endpoint=endpoint, position__gt=after).update(**_anew())
    Endpoint.objects.filter(pk=id).update(position=Least(F("position"), Value(after)))
    endpoint.refresh_from_db()
    return Made(shown(endpoint), subject=id, detail={"after": after})


def _anew() -> dict[str, Any]:
    return {"state": Delivery.State.PENDING, "attempts": 0, "next_at": timezone.now()}


def _known(events: Sequence[str]) -> list[str]:
    for number, each in enumerate(events):
        if each not in patterns():
            raise UnknownEvent(pointer=f"/events/{number}", event=each, known=sorted(patterns()))
    return sorted(set(events))
