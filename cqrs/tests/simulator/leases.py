"""Leases in memory, by simulated time: see `cqrs.stream.leases.Leases`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cqrs.projector.faults import Fenced
from cqrs.projector.show import Commit
from cqrs.stream.leases import LEASE, STALE, Lease, ancestors, segments
from cqrs.stream.source import ShardInfo
from cqrs.tests.simulator.stream import Clock


@dataclass(slots=True)
class Noted:
    """See `cqrs.stream.models.Shard`; times are in seconds."""

    id: str
    leased_until: float
    caught_up_at: float
    parent: str = ""
    segment: str = ""
    checkpoint: str = ""
    is_closed: bool = False
    epoch: int = 0
    holder: str = ""
    is_rung: bool = False
    deaths: int = 0
    suspects: tuple[str, ...] = ()


@dataclass(slots=True)
class MemoryLeases:
    """The leases as one process sees them; all processes share `table` and `clock`."""

    holder: str
    clock: Clock
    table: dict[str, Noted] = field(default_factory=dict)

    def register(self, found: Iterable[ShardInfo]) -> None:
        found = list(found)
        new = ancestors(found, {each.id: each.caught_up_at for each in self.table.values()})
        begun = [each for each, read_to in new.items() if read_to is None]
        read_at = self._read_table(begun[0].id, anew=not all(each.parent for each in begun)) if begun else 0.0
        for each, read_to in new.items():
            caught_up_at = read_at if read_to is None else read_to
            self.table[each.id] = Noted(each.id, self.clock.now, caught_up_at, parent=each.parent)

    def scan(self, cause: str) -> None:
        for id, segment in segments(cause).items():
            self.table.setdefault(id, Noted(id, self.clock.now, self.clock.now, segment=segment))

    def heal(self, lease: Lease) -> None:
        noted = self._held(lease)
        noted.checkpoint, noted.leased_until = "", self._later()
        noted.caught_up_at = self._read_table(f"{lease.shard}-{lease.epoch}")

    def claim(self, *, but: Collection[str] = (), idle_for: timedelta = timedelta()) -> Lease | None:
        free = [each for each in self.table.values() if each.id not in but and self._is_free(each, idle_for)]
        if not free:
            return None
        found = min(free, key=lambda each: each.leased_until)
        suspects, found.suspects = found.suspects if found.holder else (), ()
        found.epoch, found.deaths = found.epoch + 1, found.deaths + (found.holder != "")
        found.holder, found.leased_until, found.is_rung = self.holder, self._later(), False
        is_unread = not found.segment and not found.checkpoint
        return Lease(
            found.id,
            found.checkpoint,
            found.epoch,
            segment=found.segment,
            is_stale=is_unread and found.caught_up_at < self.clock.now - STALE.total_seconds(),
            deaths=found.deaths,
            suspects=suspects,
        )

    def mark(self, lease: Lease, suspects: Sequence[str]) -> None:
        noted = self._held(lease)
        noted.deaths = lease.deaths if tuple(suspects) == lease.suspects else 0
        noted.suspects, noted.leased_until = tuple(suspects), self._later()

    def acquit(self, lease: Lease) -> Commit:
        return lambda _: self._renew(lease, suspects=())

    def commit(self, lease: Lease, *, last: str) -> Commit:
        return lambda _: self._renew(lease, checkpoint=last, deaths=0, suspects=())

    def renew(self, lease: Lease) -> Commit:
        return lambda _: self._renew(lease)

    def close(self, lease: Lease) -> None:
        if self._holds(lease):
            self.table[lease.shard].is_closed = True
        self.let_go(lease)

    def let_go(self, lease: Lease) -> None:
        if self._holds(lease):
            self.table[lease.shard].holder, self.table[lease.shard].leased_until = "", self.clock.now

    def release(self, lease: Lease) -> bool:
        if not self._holds(lease):
            return True
        noted = self.table[lease.shard]
        if noted.is_rung:
            noted.is_rung, noted.leased_until = False, self._later()
            return False
        noted.caught_up_at = noted.leased_until - LEASE.total_seconds()
        self.let_go(lease)
        return True

    def ring(self) -> bool:
        held = [each for each in self.table.values() if each.holder and not each.is_closed]
        held = [each for each in held if each.leased_until > self.clock.now]
        for each in held:
            each.is_rung = True
        return bool(held)

    def follows(self) -> bool:
        return any(not each.segment and not each.is_closed for each in self.table.values())

    def bury(self, holder: str) -> None:
        for each in self.table.values():
            if each.holder == holder:
                each.leased_until = self.clock.now

    def _is_free(self, noted: Noted, idle_for: timedelta) -> bool:
        parent = self.table.get(noted.parent)
        idle = 0.0 if noted.holder else idle_for.total_seconds()
        return (
            not noted.is_closed and noted.leased_until <= self.clock.now - idle and (parent is None or parent.is_closed)
        )

    def _holds(self, lease: Lease) -> bool:
        return self.table[lease.shard].epoch == lease.epoch

    def _held(self, lease: Lease) -> Noted:
        if not self._holds(lease):
            raise Fenced(lease.shard)
        return self.table[lease.shard]

    def _renew(self, lease: Lease, **changes: object) -> None:
        noted = self._held(lease)
        for name, value in changes.items():
            setattr(noted, name, value)
        noted.leased_until = self._later()

    def _later(self) -> float:
        return self.clock.now + LEASE.total_seconds()

    def _read_table(self, cause: str, *, anew: bool = False) -> float:
        scans = [each.caught_up_at for each in self.table.values() if each.segment]
        if anew or not any(at > self.clock.now - STALE.total_seconds() for at in scans):
            self.scan(cause)
            return self.clock.now
        return max(scans)
