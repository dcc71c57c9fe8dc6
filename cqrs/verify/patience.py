"""What was written just now is shown in a moment: a difference is looked at again before it is reported."""

import time
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import connection
from django.db.models import Q

from cqrs.stream.models import Shard

LOOKS, PAUSE = 3, 0.3
"""How often something is looked at in all, and the seconds between two looks."""

POLL = 0.05


class Patience:
    """Waits at most `seconds` for the stream to be read up to now, once; then a difference gets some more looks.
    With 0 seconds nothing is waited for: nobody writes."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._is_settled = seconds, seconds <= 0

    def look[T: Collection[object]](self, look: Callable[[], T]) -> T:
        """What a look finds, once it finds nothing, or finds it again and again."""
        found = look()
        for _ in range(LOOKS - 1):
            if not found or not self._seconds:
                break
            self._settle()
            time.sleep(PAUSE)
            found = look()
        return found

    def _settle(self) -> None:
        until, since = time.monotonic() + self._seconds, _now()
        while not self._is_settled and time.monotonic() < until:
            shards = Shard.objects.filter(is_closed=False)
            unread = Q(caught_up_at__lt=since) | Q(epoch=0) | ~Q(segment="")
            self._is_settled = shards.exists() and not shards.filter(unread).exists()
            time.sleep(POLL)
        self._is_settled = True


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now
