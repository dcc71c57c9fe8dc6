"""What staff decide of a handler that fails: try again now, or go on without the fact it fails on."""

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

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
        going_on = {"attempts": 0, "fact": "", "error": "", "holder": "", "epoch": cursor.epoch + 1}
        Cursor.objects.filter(id=id).update(position=position, next_at=Now(), **going_on)
    _log.warning("reaction skipped", tenant=cursor.tenant_code, handler=cursor.handler, fact=cursor.fact, by=by)
    return skipped
