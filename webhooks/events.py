"""The event that a delivery is of: a line of the journal, or a test, which stands in none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from cqrs.domain import Json, Refused, entity_id, partition
from cqrs.models import JournalLine
from face.kept import Made
from tenants.models import Tenant
from webhooks.endpoints import delivery_shown, held
from webhooks.models import Delivery

TESTED = "webhook.tested"
"""The type of a test. Nothing has happened, so no endpoint can ask for it."""

TOLD: Mapping[str, Json] = {"message": "This is a test: nothing has happened."}

LATE = timedelta(minutes=1)
"""By how much a line of the journal may be older than those before it."""


class WebhookPaused(Refused):
    """This webhook is paused: nothing is posted to it."""


def tested(tenant: Tenant, id: str) -> Made:
    """Post a test, signed and tried again like everything else. NotFound, WebhookPaused."""
    endpoint = held(tenant, id)
    if not endpoint.is_active:
        raise WebhookPaused
    of = entity_id(pk=partition("WEBHOOK", tenant.code), sk=f"WEBHOOK#{uuid4().hex}")
    test = Delivery(endpoint=endpoint, position=0, entity_id=of, version=1, type=TESTED, next_at=timezone.now())
    test.save(force_insert=True)
    return Made(delivery_shown(test), subject=id, detail={"delivery": test.pk})


def line_of(delivery: Delivery) -> JournalLine | None:
    """The journal line to post; None where the journal does not have it any more."""
    if delivery.type != TESTED:
        return JournalLine.objects.filter(entity_id=delivery.entity_id, version=delivery.version).first()
    type, _, fact = TESTED.partition(".")
    endpoint, sk = delivery.endpoint, delivery.entity_id.split("#", 2)[2]
    return JournalLine(
        position=delivery.position,
        tenant_id=endpoint.tenant.code,
        entity_id=delivery.entity_id,
        version=delivery.version,
        type=type.upper(),
        sk=sk,
        code=endpoint.id,
        fact=fact,
        rule="test",
        args={},
        attributes=dict(TOLD),
        is_deleted=False,
        at=delivery.created_at,
        by=endpoint.created_by,
        created_at=delivery.created_at,
        created_by=endpoint.created_by,
        schema=1,
    )


def position_before(at: datetime) -> int:
    """A position after which everything is that has happened since a time, and little else. In the tenant's schema."""
    older = JournalLine.objects.filter(at__lt=at - LATE).order_by("-position")
    return older.values_list("position", flat=True).first() or 0
