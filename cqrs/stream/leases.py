"""Who reads which shard: leases under an epoch that fences whoever slept through its own. What is promised;
`cqrs.stream.shards` keeps it in Postgres."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cqrs.projector.show import Commit
from cqrs.stream.source import ShardInfo

LEASE = timedelta(seconds=5)
"""How long a shard stays with a process that shows no sign of life; every checkpoint renews it."""

STALE = timedelta(hours=23)
"""A shard not begun for so long may have lost records: a stream keeps them for 24 hours, and does not say so where one
begins at what is left."""

SEGMENTS = 4
"""Into how many segments the table is cut where the stream has forgotten; as many workers can read it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A shard, or a segment of the table, that is ours to read from `checkpoint` on, as long as `epoch` is its epoch.
    `is_stale`: nothing of it was read for so long that the stream may have forgotten its beginning.

    `deaths` counts the holders that ended without giving it back since its checkpoint, `suspects` are the ids of the
    entities that the last one had in trial when it ended so.
    """

    shard: str
    checkpoint: str
    epoch: int
    segment: str = ""
    is_stale: bool = False
    deaths: int = 0
    suspects: tuple[str, ...] = ()


class Leases(Protocol):
    """The leases as one process sees them."""

    def register(self, found: Iterable[ShardInfo]) -> None:
        """Note the shards there are. Where one continues none that is known, the table itself is read: who knows what
        was before it. A child is as stale as its parent."""

    def scan(self, cause: str) -> None:
        """Have the table itself read, in segments; once for each cause, however often it is asked."""

    def heal(self, lease: Lease) -> None:
        """The stream has lost what comes next in this shard: the table itself is read, unless it is or was since the
        stream could lose it, and the shard from what is left of it. Fenced."""

    def claim(self, *, but: Collection[str] = (), idle_for: timedelta = timedelta()) -> Lease | None:
        """A free shard whose parent has been read to its end, not polled within `idle_for`; or one whose holder shows
        no sign of life. None where there is none."""

    def mark(self, lease: Lease, suspects: Sequence[str]) -> None:
        """Note who is in trial now, before the trial. Other suspects than before have killed nobody yet. Fenced."""

    def acquit(self, lease: Lease) -> Commit:
        """What notes, within the transaction that shows them, that those in trial have killed nobody, and renews the
        lease. Fenced."""

    def commit(self, lease: Lease, *, last: str) -> Commit:
        """What notes how far the shard has been shown, within the transaction that shows it, and renews the lease.
        Fenced."""

    def renew(self, lease: Lease) -> Commit:
        """What renews the lease within a transaction that shows a part of a page. Fenced."""

    def close(self, lease: Lease) -> None:
        """The shard has been read to its end."""

    def let_go(self, lease: Lease) -> None:
        """Give a shard back."""

    def release(self, lease: Lease) -> bool:
        """Give back a shard that was read to its end since the lease was renewed last. False where somebody rang
        meanwhile: it stays ours, look once more."""

    def ring(self) -> bool:
        """Ask whoever holds a shard to look once more before letting go. False where nobody holds one."""

    def follows(self) -> bool:
        """Whether any shard of the stream is open."""

    def bury(self, holder: str) -> None:
        """A process is known to have ended: what it held is free at once, and counts as a death."""


def segments(cause: str) -> dict[str, str]:
    """The segments into which the table is cut for a cause, by the id of each: `0/4`."""
    return {f"table-{cause}-{number}": f"{number}/{SEGMENTS}" for number in range(SEGMENTS)}


def ancestors[T](found: Collection[ShardInfo], known: Mapping[str, T]) -> dict[ShardInfo, T | None]:
    """What is known of the nearest known ancestor of each shard found that is new; None where there is none."""
    parents = {each.id: each.parent for each in found}

    def nearest(id: str) -> T | None:
        return known[id] if id in known else nearest(parents[id]) if id in parents else None

    return {each: nearest(each.parent) for each in found if each.id not in known}
