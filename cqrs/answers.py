"""What a command is answered with, and how an Idempotency-Key remembers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cqrs.domain import Version
from cqrs.store import Receipt

RECEIPT_KEPT = timedelta(hours=48)
"""How long an Idempotency-Key is remembered; at least the 24 hours that clients are promised."""


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key, the digest of the request it came with, and the status its answer will have. It is
    remembered for two days, or `forever`."""

    key: str
    digest: str
    status: int = 200
    forever: bool = False

    def receipt(self, version: Version[Any], *, command_id: str, now: datetime) -> Receipt:
        """What is kept under the key: that it made this version, or found it standing."""
        expires_at = None if self.forever else int((now + RECEIPT_KEPT).timestamp())
        kept = (self.key, self.digest, self.status, version.id, version.version, command_id, expires_at)
        return Receipt(version.tenant_code, *kept)


@dataclass(frozen=True, slots=True)
class Answer[S]:
    """What became of a command: the version that stands now. `along` are the other entities' versions that the same
    transaction made; `replayed` is the status of the first answer, where this very command had been answered before
    (`along` is then empty)."""

    version: Version[S]
    changed: bool = True
    replayed: int | None = None
    along: Sequence[Version[Any]] = ()
