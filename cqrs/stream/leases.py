"""Who reads which shard: leases in Postgres, by Postgres' clock, fenced by an epoch."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from cqrs.dynamodb.stream import ShardInfo
from cqrs.stream.models import Held, Shard

LEASE = timedelta(seconds=10)
"""How long a shard stays with a worker that shows no sign of life; every checkpoint renews it."""


class Fenced(Exception):
    """The lease was lost meanwhile: another worker follows this shard now."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A shard that is ours to read, from `checkpoint` on, as long as `epoch` is the shard's."""

    shard: str
    checkpoint: str
    epoch: int
    scan_first: bool = False


def register(found: Iterable[ShardInfo]) -> None:
    """Note the shards there are. The very first are read after the table itself: who knows what was before them."""
    first = not Shard.objects.exists()
    noted = {"leased_until": Now(), "caught_up_at": Now(), "scan_first": first}
    Shard.objects.bulk_create((Shard(id=each.id, parent=each.parent, **noted) for each in found), ignore_conflicts=True)


def claim(*, but: Collection[str] = (), idle_for: timedelta = timedelta()) -> Lease | None:
    """A free shard whose parent has been read to its end, not polled within `idle_for`; None where there is none."""
    open_parent = Shard.objects.filter(id=OuterRef("parent"), is_closed=False)
    free = Shard.objects.filter(~Exists(open_parent), is_closed=False, leased_until__lte=Now() - idle_for)
    with transaction.atomic():
        shard = free.exclude(id__in=but).select_for_update(skip_locked=True).order_by("leased_until").first()
        if shard is None:
            return None
        epoch = shard.epoch + 1
        Shard.objects.filter(id=shard.id).update(epoch=epoch, leased_until=Now() + LEASE, is_rung=False)
    return Lease(shard.id, shard.checkpoint, epoch, shard.scan_first)


def checkpoint(cursor: CursorWrapper, lease: Lease, *, last: str) -> None:
    """Note how far the shard has been shown, within the transaction that shows it, and renew the lease. Fenced."""
    cursor.execute(
        "UPDATE public.shard SET checkpoint = %s, leased_until = now() + make_interval(secs => %s)"
        " WHERE id = %s AND epoch = %s",
        [last, LEASE.total_seconds(), lease.shard, lease.epoch],
    )
    if cursor.rowcount == 0:
        raise Fenced(lease.shard)


def let_go(lease: Lease, **changes: object) -> None:
    """Give a shard back, noting what has changed about it."""
    Shard.objects.filter(id=lease.shard, epoch=lease.epoch).update(leased_until=Now(), **changes)


def release(lease: Lease) -> bool:
    """Give back a shard read to its end. False where somebody rang meanwhile: it stays ours, look once more."""
    held = Shard.objects.filter(id=lease.shard, epoch=lease.epoch)
    if held.filter(is_rung=False).update(leased_until=Now(), caught_up_at=Now()):
        return True
    return not held.update(is_rung=False, leased_until=Now() + LEASE)


def ring() -> bool:
    """Ask whoever holds a shard to look once more before letting go. False where nobody holds one."""
    return bool(Shard.objects.filter(is_closed=False, leased_until__gt=Now()).update(is_rung=True))


def admit(tenant: str) -> None:
    """A tenant has its schema: if facts of it have gone by, the table is read again."""
    if Held.objects.filter(tenant_code=tenant).delete()[0]:
        Shard.objects.filter(is_closed=False).update(scan_first=True, checkpoint="")
