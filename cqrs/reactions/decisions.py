"""What staff decide of a handler that fails: try again now, or go on without the fact it fails on."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django_tenants.utils import schema_context

from cqrs.models import JournalLine
from cqrs.projector.schemas import schema_of
from cqrs.reactions.models import Cursor, Skipped

_log = structlog.get_logger(__name__)


class NothingFails(Exception):
    """This handler fails on nothing here, or is just trying again."""


def retry_now(id: int) -> None:
    """Do not wait for the end of a cursor's pause. NothingFails."""
    if not Cursor.objects.filter(id=id, attempts__gt=0, holder="").update(next_at=Now()):
        raise NothingFails


def skip(id: int, *, reason: str, by: str) -> Skipped:
    """Go on without the fact that a cursor's handler fails on; it is noted for good. NothingFails."""
    if not reason.strip():
        raise ValueError("Say why it is skipped.")
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().filter(id=id, attempts__gt=0).exclude(fact="").first()
        if cursor is None or (cursor.holder and cursor.next_at > timezone.now()):
            raise NothingFails
        position = cursor.position + 1
        failed = {"position": position, "fact": cursor.fact, "error": cursor.error}
        decided = {"reason": reason, "decided_by": by, "decided_at": timezone.now()}
        skipped = Skipped.objects.create(tenant_code=cursor.tenant_code, handler=cursor.handler, **failed, **decided)
        seen_at = Greatest("seen_at", Value(_at(cursor.tenant_code, position)))
        going_on = {"attempts": 0, "fact": "", "error": "", "holder": "", "epoch": cursor.epoch + 1}
        Cursor.objects.filter(id=id).update(position=position, seen_at=seen_at, next_at=Now(), **going_on)
    _log.warning("reaction skipped", tenant=cursor.tenant_code, handler=cursor.handler, fact=cursor.fact, by=by)
    return skipped


def _at(tenant: str, position: int) -> datetime:
    with schema_context(schema_of(tenant)):
        return JournalLine.objects.get(position=position).at
