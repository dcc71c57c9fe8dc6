"""Who reads which shard: leases in Postgres, by Postgres' clock, fenced by an epoch."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cqrs.projector.faults import Fenced
from cqrs.projector.show import Commit
from cqrs.stream.models import Shard
from cqrs.stream.source import ShardInfo

LEASE = timedelta(seconds=5)
"""How long a shard stays with a process that shows no sign of life; every checkpoint renews it."""

STALE = timedelta(hours=23)
"""A shard not read for so long may have lost records: a stream keeps them for 24 hours, and does not say so where one
begins at what is left."""

SEGMENTS = 4
"""Into how many segments the table is cut where the stream has forgotten; as many workers can read it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A shard, or a segment of the table, that is ours to read from `checkpoint` on, as long as `epoch` is its epoch.
    `is_stale`: it was not read for so long that the stream may have forgotten some of it.

    `deaths` counts the holders that ended without giving it back since its checkpoint, `suspects` are the ids of the
    entities that the last of them had in trial.
    """

    shard: str
    checkpoint: str
    epoch: int
    segment: str = ""
    is_stale: bool = False
    deaths: int = 0
    suspects: tuple[str, ...] = ()


class Leases:
    """The leases as one process sees them; `holder` is its name."""

    def __init__(self, holder: str) -> None:
        self.holder = holder

    def register(self, found: Iterable[ShardInfo]) -> None:
        """Note the shards there are. With the very first the table itself is read: who knows what was before them."""
        first = not Shard.objects.exists()
        noted = {"leased_until": Now(), "caught_up_at": Now()}
        shards = [Shard(id=each.id, parent=each.parent, **noted) for each in found]
        made = Shard.objects.bulk_create(shards, ignore_conflicts=True)
        if first and made:
            self.scan("first")

    def scan(self, cause: str) -> None:
        """Have the table itself read, in segments beside the stream. Once for each cause, however often it is asked."""
        noted = {"leased_until": Now(), "caught_up_at": Now()}
        cut = (f"{number}/{SEGMENTS}" for number in range(SEGMENTS))
        segments = [Shard(id=f"table-{cause}-{each}", segment=each, **noted) for each in cut]
        Shard.objects.bulk_create(segments, ignore_conflicts=True)

    def claim(self, *, but: Collection[str] = (), idle_for: timedelta = timedelta()) -> Lease | None:
        """A free shard whose parent has been read to its end, not polled within `idle_for`; or one whose holder shows
        no sign of life. None where there is none."""
        open_parent = Shard.objects.filter(id=OuterRef("parent"), is_closed=False)
        is_free = Q(holder="", leased_until__lte=Now() - idle_for) | ~Q(holder="") & Q(leased_until__lte=Now())
        free = Shard.objects.filter(is_free, ~Exists(open_parent), is_closed=False).exclude(id__in=but)
        with transaction.atomic():
            found = free.select_for_update(skip_locked=True).order_by("leased_until").first()
            return self._take(found) if found else None

    def mark(self, lease: Lease, suspects: Sequence[str]) -> None:
        """Note who is in trial now, before the trial. Other suspects than before have killed nobody yet. Fenced."""
        changes: dict[str, object] = {"suspects": list(suspects), "leased_until": Now() + LEASE}
        changes |= {} if tuple(suspects) == lease.suspects else {"deaths": 0}
        if not _held(lease).update(**changes):
            raise Fenced(lease.shard)

    def commit(self, lease: Lease, *, last: str) -> Commit:
        """What notes how far the shard has been shown, within the transaction that shows it, and renews the lease.
        Fenced."""
        further = "checkpoint = %s, deaths = 0, suspects = '[]'"
        return lambda cursor: _renew(cursor, lease, also=further, values=[last])

    def renew(self, lease: Lease) -> Commit:
        """What renews the lease within a transaction that shows a part of a page. Fenced."""
        return lambda cursor: _renew(cursor, lease)

    def close(self, lease: Lease) -> None:
        """The shard has been read to its end."""
        self.let_go(lease, is_closed=True, caught_up_at=Now())

    def let_go(self, lease: Lease, **changes: object) -> None:
        """Give a shard back, noting what has changed about it."""
        _held(lease).update(holder="", leased_until=Now(), **changes)

    def release(self, lease: Lease) -> bool:
        """Give back a shard read to its end. False where somebody rang meanwhile: it stays ours, look once more."""
        if _held(lease).filter(is_rung=False).update(holder="", leased_until=Now(), caught_up_at=Now()):
            return True
        return not _held(lease).update(is_rung=False, leased_until=Now() + LEASE)

    def ring(self) -> bool:
        """Ask whoever holds a shard to look once more before letting go. False where nobody holds one."""
        held = Shard.objects.filter(is_closed=False, leased_until__gt=Now()).exclude(holder="")
        return bool(held.update(is_rung=True))

    def follows(self) -> bool:
        """Whether any shard of the stream is open."""
        return Shard.objects.filter(is_closed=False, segment="").exists()

    @staticmethod
    def bury(holder: str) -> None:
        """A process is known to have ended: what it held is free at once, and counts as a death."""
        Shard.objects.filter(holder=holder).update(leased_until=Now())

    def _take(self, shard: Shard) -> Lease:
        epoch, deaths = shard.epoch + 1, shard.deaths + (shard.holder != "")
        taken = {"epoch": epoch, "holder": self.holder, "deaths": deaths, "leased_until": Now() + LEASE}
        Shard.objects.filter(id=shard.id).update(**taken, is_rung=False)
        return Lease(
            shard.id,
            shard.checkpoint,
            epoch,
            segment=shard.segment,
            is_stale=shard.caught_up_at < timezone.now() - STALE,
            deaths=deaths,
            suspects=tuple(shard.suspects),
        )


def _held(lease: Lease) -> QuerySet[Shard]:
    return Shard.objects.filter(id=lease.shard, epoch=lease.epoch)


def _renew(cursor: CursorWrapper, lease: Lease, *, also: str = "", values: Sequence[str] = ()) -> None:
    changes = ", ".join(filter(None, [also, "leased_until = now() + make_interval(secs => %s)"]))
    cursor.execute(
        f"UPDATE public.shard SET {changes} WHERE id = %s AND epoch = %s",
        [*values, LEASE.total_seconds(), lease.shard, lease.epoch],
    )
    if cursor.rowcount == 0:
        raise Fenced(lease.shard)
