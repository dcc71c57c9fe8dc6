"""From the journal to deliveries: each endpoint's cursor goes along its tenant's journal, from where it was made on."""

from collections.abc import Collection, Sequence
from functools import cache

import structlog
from django.db import transaction
from django.utils import timezone

from cqrs.models import JournalLine
from cqrs.projections import PROJECTIONS
from cqrs.stream.models import JournalHead
from webhooks.models import Delivery, Endpoint

PAGE = 500
"""Lines looked through at once."""

EVERYTHING = "*"

_log = structlog.get_logger(__name__)


def head_of(tenant: str) -> int:
    """How far a tenant's journal goes."""
    return JournalHead.objects.filter(tenant_code=tenant).values_list("position", flat=True).first() or 0


@cache
def event_types() -> frozenset[str]:
    """Every type of event that entities with rows have: `order.placed` for one."""
    entities = [each.entity for each in PROJECTIONS.values() if each.model]
    return frozenset(f"{entity.type.lower()}.{rule.fact}" for entity in entities for rule in entity.rules.values())


def patterns() -> frozenset[str]:
    """What an endpoint can ask for: a type, all of an entity (`order.*`), everything."""
    return event_types() | {f"{each.partition('.')[0]}.*" for each in event_types()} | {EVERYTHING}


def is_wanted(type: str, events: Collection[str]) -> bool:
    """Whether an event of this type is asked for."""
    return type in event_types() and not {type, f"{type.partition('.')[0]}.*", EVERYTHING}.isdisjoint(events)


def queue(endpoint_id: str) -> int:
    """Leave deliveries for what its journal has gone ahead, a page at a time; one that is there already stays as it is.
    Returns how many lines were looked through. In the tenant's schema."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=endpoint_id)
        head = head_of(endpoint.tenant.code)
        if endpoint.position > head:
            _log.warning("journal began anew, its webhooks go on from its end", endpoint=endpoint_id)
            Endpoint.objects.filter(pk=endpoint_id).update(position=head)
            return 0
        lines = list(JournalLine.objects.filter(position__gt=endpoint.position).order_by("position")[:PAGE])
        if lines:
            Delivery.objects.bulk_create(_deliveries(endpoint, lines), ignore_conflicts=True)
            Endpoint.objects.filter(pk=endpoint_id).update(position=lines[-1].position)
    return len(lines)


def _deliveries(endpoint: Endpoint, lines: Sequence[JournalLine]) -> list[Delivery]:
    now = timezone.now()
    return [
        Delivery(
            endpoint=endpoint,
            position=line.position,
            entity_id=line.entity_id,
            version=line.version,
            type=type_of(line),
            next_at=now,
        )
        for line in lines
        if is_wanted(type_of(line), endpoint.events)
    ]


def type_of(line: JournalLine) -> str:
    """The type of the event that a journal line is."""
    return f"{line.type.lower()}.{line.fact}"
