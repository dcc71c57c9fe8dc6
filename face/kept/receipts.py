"""An Idempotency-Key and its answer, in the transaction of the change. Of two at once, the second waits for the first
at the key's unique index."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cqrs.answers import RECEIPT_KEPT, Once
from cqrs.domain import Json, KeyReused, Refused
from face.bodies import as_sent
from face.models import Receipt


class AlreadyDone(Refused):
    """This was done under the same Idempotency-Key; what it showed is a secret, and is not shown twice."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a change is answered with; and what the audit says of it. `answer` None: there is nothing to say (204)."""

    answer: Mapping[str, object] | None
    subject: str
    detail: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    changed: bool = True
    """False where it was so already: then there is nothing to tell the audit."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, new or of the first time."""

    status: int
    answer: Any
    headers: Mapping[str, str]
    replayed: bool = False


def once_only(
    change: Callable[[], Made], *, tenant: str, once: Once | None, status: int, is_secret: bool = False
) -> Answered:
    """Make the change, or give the answer it got before. KeyReused, AlreadyDone, and what the change refuses: then
    nothing is kept."""
    with transaction.atomic():
        receipt, is_new = _receipt(tenant, once)
        if receipt and once and not is_new:
            return _again(receipt, once)
        made = change()
        if receipt:
            receipt.status, receipt.headers = status, dict(made.headers)
            receipt.answer = None if is_secret else as_sent(made.answer)
            receipt.save(update_fields=["status", "answer", "headers"])
    return Answered(status, made.answer, made.headers)


def forget_old(*, kept: timedelta = RECEIPT_KEPT) -> int:
    """Delete receipts older than keys are remembered. Returns how many."""
    deleted, _ = Receipt.objects.filter(created_at__lt=timezone.now() - kept).delete()
    return deleted


def _receipt(tenant: str, once: Once | None) -> tuple[Receipt | None, bool]:
    if once is None:
        return None, True
    try:
        with transaction.atomic():
            return Receipt.objects.create(tenant_code=tenant, key=once.key, digest=once.digest), True
    except IntegrityError:
        return Receipt.objects.get(tenant_code=tenant, key=once.key), False


def _again(receipt: Receipt, once: Once) -> Answered:
    if receipt.digest != once.digest:
        raise KeyReused
    if receipt.answer is None and receipt.status != 204:
        raise AlreadyDone
    return Answered(receipt.status, receipt.answer, receipt.headers, replayed=True)
