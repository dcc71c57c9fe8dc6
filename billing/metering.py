"""API calls: each is counted, and refused above a hard limit, without a write for each.

A process borrows a block of calls by one conditional write, spends it in memory, and tells back what it spent and what
is left: after a few seconds, and when it ends. What is lent out never exceeds the limit, so what is spent does not
either; the nearer the limit, the smaller the blocks, so that little lies idle elsewhere. A process that is killed takes
its block with it until the month is over.

A little past the usual length: lending, spending and giving back have to agree.
"""

import atexit
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog

from billing.clerk import real_time
from billing.domain import CALLS, Metric
from billing.domain.metrics import LEASED, LIMIT, USED, exceeded, key_of, month_of
from cqrs.domain import Busy, QuotaExceeded, StoreAway, Unavailable, partition
from cqrs.dynamodb.store import store
from cqrs.store import Move, Rejected, Store
from cqrs.turns import attempts
from face.commands import give_back

BLOCK_MOST = 1000
"""Calls a block holds where there is no limit, or one that is far away."""

SHARE = 16
"""Near a limit, a block is this part of what is left."""

EVERY = 10.0
"""Seconds until what was spent is told."""

AWAY = 30.0
"""Seconds for which calls pass uncounted by blocks when DynamoDB does not answer: what only reads Postgres still can
be read. They are counted when it is back."""

_log = structlog.get_logger(__name__)


@dataclass
class Held:
    """One tenant's block in this process. `owed` are calls that passed while no block could be had."""

    month: str = ""
    left: int = 0
    spent: int = 0
    owed: int = 0
    retry_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Meter:
    """One process's; safe in any thread. A thread of its own exists only while there is something to tell."""

    def __init__(
        self,
        store: Callable[[], Store] = store,
        clock: Callable[[], datetime] = real_time,
        every: float = EVERY,
    ) -> None:
        self._store, self._clock, self._every = store, clock, every
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}
        self._timer: threading.Timer | None = None

    def take(self, tenant: str) -> None:
        """One more call. QuotaExceeded."""
        held, month = self._of(tenant), month_of(self._clock())
        with held.lock:
            if held.month != month:
                self._tell(tenant, held)
                held.month = month
            if not held.left and time.monotonic() >= held.retry_at:
                self._borrow(tenant, held)
            if held.left:
                held.left, held.spent = held.left - 1, held.spent + 1
            else:
                held.owed += 1
        self._tell_soon()

    def flush(self, tenant: str | None = None) -> None:
        """Tell what was spent and give back what is left: one tenant's, or all."""
        with self._lock:
            self._timer = self._timer if tenant else None
            chosen = {tenant: self._held[tenant]} if tenant in self._held else {} if tenant else dict(self._held)
        for code, held in chosen.items():
            with held.lock:
                if not self._tell(code, held):
                    return  # nor would the others be heard

    def _of(self, tenant: str) -> Held:
        with self._lock:
            return self._held.setdefault(tenant, Held())

    def _tell_soon(self) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(self._every, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def _borrow(self, tenant: str, held: Held) -> None:
        """A block. QuotaExceeded where nothing is left to borrow."""
        give_back()  # nobody waits for DynamoDB with a connection to Postgres
        try:
            held.left = _borrowed(self._store(), tenant, held)
            held.spent = held.owed = 0
        except QuotaExceeded:
            raise
        except Unavailable as error:
            held.retry_at = time.monotonic() + AWAY
            _log.warning("calls pass uncounted for a while", tenant=tenant, error=error.code)

    def _tell(self, tenant: str, held: Held) -> bool:
        """What was spent, and what is left. False where nobody hears it; what may have been heard is not told again:
        a call too few is counted rather than one too many. A tenant that has ended since has no counter, and gets none
        by it."""
        moved = {LEASED: held.owed - held.left, USED: held.spent + held.owed}
        deltas = {name: delta for name, delta in moved.items() if delta}
        if not deltas or not held.month:
            return True
        borrowed, is_heard = {LEASED: held.left + held.spent}, True
        try:
            self._store().write([_move(tenant, held.month, deltas, least=borrowed)], token=uuid4().hex)
        except (Busy, StoreAway):
            return False
        except Rejected:
            _log.info("calls of a tenant that is gone are not counted", tenant=tenant)
        except Unavailable:
            is_heard = False
        held.left = held.spent = held.owed = 0
        return is_heard


def block(*, limit: int | None, leased: int) -> int:
    """How many calls to borrow: 0 where none are left."""
    if limit is None:
        return BLOCK_MOST
    left = max(0, limit - leased)
    return min(left, BLOCK_MOST, max(1, left // SHARE))


def _borrowed(store: Store, tenant: str, held: Held) -> int:
    """One conditional write, which tells what was spent as well; again where others were quicker."""
    key = key_of(Metric.API_CALLS, held.month)
    for _ in attempts():
        tally = store.counter(partition(CALLS.kind, tenant), key)
        limit, leased = tally.get(LIMIT), tally.get(LEASED, 0) + held.owed
        size = block(limit=limit, leased=leased)
        if not size:
            assert limit is not None
            raise exceeded(Metric.API_CALLS, used=min(leased, limit), limit=limit, month=held.month)
        deltas = {LEASED: size + held.owed, USED: held.spent + held.owed}
        most = {} if limit is None else {LEASED: limit - size - held.owed}
        moved = {name: delta for name, delta in deltas.items() if delta}
        try:
            store.write([_move(tenant, held.month, moved, most=most, assumed={LIMIT: limit})], token=uuid4().hex)
        except Rejected:
            continue
        return size
    raise Busy


def _move(tenant: str, month: str, deltas: dict[str, int], **conditions: Any) -> Move:
    return Move(partition(CALLS.kind, tenant), key_of(Metric.API_CALLS, month), deltas, **conditions)


METER = Meter()
atexit.register(METER.flush)
