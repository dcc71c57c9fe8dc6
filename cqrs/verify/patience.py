"""What was written just now is shown in a moment: a difference is looked at again before it is reported."""

import time
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import connection
from django.db.models import Q

from cqrs.stream.models import Shard

LOOKS, PAUSE = 5, 0.3
"""How often something is looked at in all, and the seconds between two looks."""

POLL = 0.05


class Patience:
    """Waits until the stream has been read up to the look that found something, then looks again. It waits at most
    `seconds` in all: what does not follow by then is behind. With 0 nothing is waited for: nobody writes."""

    def __init__(self, seconds: float) -> None:
        self._seconds = self._left = seconds

    def look[T: Collection[object]](self, look: Callable[[], T]) -> T:
        """What a look finds, once it finds nothing, or finds it again and again."""
        found, looks = look(), 1
        while found and self._seconds and looks < LOOKS:
            self._settle(since=_now())
            time.sleep(PAUSE)
            found, looks = look(), looks + 1
        return found

    def _settle(self, *, since: datetime) -> None:
        begun = time.monotonic()
        while _is_behind(since) and time.monotonic() < begun + self._left:
            time.sleep(POLL)
        self._left = max(0.0, self._left - (time.monotonic() - begun))


def _is_behind(since: datetime) -> bool:
    shards = Shard.objects.filter(is_closed=False)
    return not shards.exists() or shards.filter(Q(caught_up_at__lt=since) | Q(epoch=0) | ~Q(segment="")).exists()


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now
