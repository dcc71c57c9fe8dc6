"""When each API key was last used: gathered in memory, written at most once a minute by a process, by no request."""

import atexit
import threading
from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from tenants.models import ApiKey

EVERY = 60.0
"""Seconds from a use until it is written, at most; what a process had not written when it was killed is lost."""

_log = structlog.get_logger(__name__)


class Uses:
    """One process's; safe in any thread. A thread exists only while there is something to write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[int, datetime] = {}
        self._timer: threading.Timer | None = None

    def note(self, key: int) -> None:
        """Remember that the key with this id is used now."""
        with self._lock:
            self._used[key] = timezone.now()
            if self._timer is None:
                self._timer = threading.Timer(EVERY, self._flush_apart)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was gathered. Where Postgres is away, it is kept for the next time."""
        with self._lock:
            used, self._used, self._timer = self._used, {}, None
        if not used:
            return
        try:
            _write(used)
        except (DatabaseError, InterfaceError) as error:
            _log.warning("uses of keys not written", keys=len(used), error=str(error))
            for key, at in used.items():
                with self._lock:
                    self._used.setdefault(key, at)

    def _flush_apart(self) -> None:
        try:
            self.flush()
        finally:
            connection.close()


def _write(used: Mapping[int, datetime]) -> None:
    """In the order of ids, so that two processes at once do not wait for each other; a newer time stays."""
    with transaction.atomic():
        for key, at in sorted(used.items()):
            older = Q(last_used_at=None) | Q(last_used_at__lt=at)
            ApiKey.objects.filter(older, pk=key).update(last_used_at=at)


USES = Uses()
atexit.register(USES.flush)
