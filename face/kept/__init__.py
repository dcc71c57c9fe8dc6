"""Resources kept in Postgres: every change once under its Idempotency-Key, and on the audit."""

from face.kept.audit import note
from face.kept.receipts import AlreadyDone, Made, forget_old
from face.kept.views import Kept, sent

__all__ = ["AlreadyDone", "Kept", "Made", "forget_old", "note", "sent"]
