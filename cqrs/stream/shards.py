"""Leases in Postgres, by Postgres' clock: see `cqrs.stream.leases.Leases`."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Now

from cqrs.projector.faults import Fenced
from cqrs.projector.show import Commit
from cqrs.stream.leases import LEASE, STALE, Lease, ancestors, segments
from cqrs.stream.models import Shard
from cqrs.stream.source import ShardInfo

_CLAIM = """
WITH free AS (
    SELECT * FROM public.shard AS each
    WHERE NOT is_closed AND id <> ALL (%s)
        AND leased_until <= statement_timestamp() - make_interval(secs => CASE holder WHEN '' THEN %s ELSE 0 END)
        AND NOT EXISTS (SELECT FROM public.shard AS parent WHERE parent.id = each.parent AND NOT parent.is_closed)
    ORDER BY leased_until LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE public.shard
SET epoch = shard.epoch + 1, holder = %s, deaths = shard.deaths + (free.holder <> '')::int,
    leased_until = statement_timestamp() + make_interval(secs => %s), is_rung = false, suspects = '[]'
FROM free WHERE shard.id = free.id
RETURNING shard.id, shard.checkpoint, shard.epoch, shard.segment,
    shard.segment = '' AND shard.checkpoint = ''
        AND shard.caught_up_at < statement_timestamp() - make_interval(secs => %s),
    shard.deaths, CASE free.holder WHEN '' THEN '[]' ELSE free.suspects END
"""
"""One statement, asked each second: the longest unread of what is free. A holder that is still named has died."""


class PostgresLeases:
    """The leases as one process sees them; `holder` is its name."""

    def __init__(self, holder: str) -> None:
        self.holder = holder

    def register(self, found: Iterable[ShardInfo]) -> None:
        found = sorted(found, key=lambda each: each.id)  # in one order, so that no two of us wait for each other
        ids = {each.id for each in found} | {each.parent for each in found}
        with transaction.atomic():
            known = dict(Shard.objects.filter(id__in=ids).values_list("id", "caught_up_at"))
            new = ancestors(found, known)
            begun = [each for each, read_to in new.items() if read_to is None]
            read_at = _read_table(begun[0].id, anew=not all(each.parent for each in begun)) if begun else Now()
            noted = [
                Shard(id=each.id, parent=each.parent, leased_until=Now(), caught_up_at=read_to or read_at)
                for each, read_to in new.items()
            ]
            Shard.objects.bulk_create(noted, ignore_conflicts=True)

    def scan(self, cause: str) -> None:
        _scan(cause)

    def heal(self, lease: Lease) -> None:
        with transaction.atomic():
            if not _held(lease).update(checkpoint="", leased_until=Now() + LEASE):
                raise Fenced(lease.shard)
            _held(lease).update(caught_up_at=_read_table(f"{lease.shard}-{lease.epoch}"))

    def claim(self, *, but: Collection[str] = (), idle_for: timedelta = timedelta()) -> Lease | None:
        lease, stale = LEASE.total_seconds(), STALE.total_seconds()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [list(but), idle_for.total_seconds(), self.holder, lease, stale])
            found = cursor.fetchone()
        if not found:
            return None
        shard, checkpoint, epoch, segment, is_stale, deaths, suspects = found
        return Lease(shard, checkpoint, epoch, segment, is_stale, deaths, tuple(json.loads(suspects)))

    def mark(self, lease: Lease, suspects: Sequence[str]) -> None:
        deaths = lease.deaths if tuple(suspects) == lease.suspects else 0
        if not _held(lease).update(suspects=list(suspects), deaths=deaths, leased_until=Now() + LEASE):
            raise Fenced(lease.shard)

    def acquit(self, lease: Lease) -> Commit:
        return lambda cursor: _renew(cursor, lease, also="suspects = '[]'")

    def commit(self, lease: Lease, *, last: str) -> Commit:
        further = "checkpoint = %s, deaths = 0, suspects = '[]'"
        return lambda cursor: _renew(cursor, lease, also=further, values=[last])

    def renew(self, lease: Lease) -> Commit:
        return lambda cursor: _renew(cursor, lease)

    def close(self, lease: Lease) -> None:
        _let_go(lease, is_closed=True)

    def let_go(self, lease: Lease) -> None:
        _let_go(lease)

    def release(self, lease: Lease) -> bool:
        renewed_at = F("leased_until") - LEASE  # the last look was later, by how much nobody knows: it may have slept
        if _held(lease).filter(is_rung=False).update(holder="", leased_until=Now(), caught_up_at=renewed_at):
            return True
        return not _held(lease).update(is_rung=False, leased_until=Now() + LEASE)

    def ring(self) -> bool:
        held = Shard.objects.filter(is_closed=False, leased_until__gt=Now()).exclude(holder="")
        return bool(held.update(is_rung=True))

    def follows(self) -> bool:
        return Shard.objects.filter(is_closed=False, segment="").exists()

    @staticmethod
    def bury(holder: str) -> None:
        Shard.objects.filter(holder=holder).update(leased_until=Now())


def _held(lease: Lease) -> QuerySet[Shard]:
    return Shard.objects.filter(id=lease.shard, epoch=lease.epoch)


def _let_go(lease: Lease, **changes: object) -> None:
    _held(lease).update(holder="", leased_until=Now(), **changes)


def _scan(cause: str) -> None:
    noted = {"leased_until": Now(), "caught_up_at": Now()}
    cut = [Shard(id=id, segment=segment, **noted) for id, segment in segments(cause).items()]
    Shard.objects.bulk_create(cut, ignore_conflicts=True)


def _read_table(cause: str, *, anew: bool = False) -> datetime:
    """Have the table read, unless it was since a stream could have lost something. Since when it is read."""
    scans = Shard.objects.exclude(segment="")
    if anew or not scans.filter(caught_up_at__gt=Now() - STALE).exists():
        _scan(cause)
    return cast(datetime, scans.aggregate(at=Max("caught_up_at"))["at"])


def _renew(cursor: CursorWrapper, lease: Lease, *, also: str = "", values: Sequence[str] = ()) -> None:
    changes = ", ".join(filter(None, [also, "leased_until = now() + make_interval(secs => %s)"]))
    cursor.execute(
        f"UPDATE public.shard SET {changes} WHERE id = %s AND epoch = %s",
        [*values, LEASE.total_seconds(), lease.shard, lease.epoch],
    )
    if cursor.rowcount == 0:
        raise Fenced(lease.shard)
