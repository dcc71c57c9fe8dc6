"""Following: claim what is free, read it to its end, show it, give it back. In steps, so that what happens between two
of them can be tried out."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from cqrs.domain import StoreAway
from cqrs.projector.faults import Fenced
from cqrs.stream.leases import Lease, Leases
from cqrs.stream.source import Gone, Page, Source, Trimmed
from cqrs.stream.trial import try_out
from cqrs.stream.view import View
from cqrs.telemetry import lease_lost, showing

SLICE = 2.0
"""Seconds a slice may take before it lets others have their turn."""

PAUSE = 0.01
"""Seconds between two looks at a shard that has nothing new."""

DISCOVER = 10.0
"""Seconds after which the stream is asked for its shards again: children may appear late."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Follower:
    """One process that follows a stream."""

    source: Source
    leases: Leases
    view: View
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _places: dict[str, tuple[str, str]] = field(default_factory=dict)  # shard → checkpoint read up to, what reads on
    _discovered_at: float = float("-inf")

    def slice(self, *, looks: int = 1, idle_for: timedelta = timedelta()) -> int:
        """Follow every shard that is free and not looked at within `idle_for`; let go of one after `looks` empty looks.

        Returns the number of journal lines written. Shards that others hold are rung, unless `idle_for` says that this
        is a look of our own.
        """
        return sum(self.steps(looks=looks, idle_for=idle_for))

    def steps(self, *, looks: int = 1, idle_for: timedelta = timedelta()) -> Iterator[int]:
        """A slice, step by step; each yields the number of journal lines it wrote."""
        until, done = self.clock() + SLICE, set[str]()
        if not idle_for:
            self.leases.ring()
        self._discover()
        while self.clock() < until and (lease := self.leases.claim(but=done, idle_for=idle_for)):
            done.add(lease.shard)
            yield from self._hold(lease, until=until, looks=looks)
        # Somebody may have let go between our claim and our ring.
        if not done and not idle_for and not self.leases.ring() and (lease := self.leases.claim()):
            yield from self._hold(lease, until=until, looks=looks)

    def _discover(self, *, now: bool = False) -> None:
        if now or self.clock() - self._discovered_at > DISCOVER or not self.leases.follows():
            self.leases.register(self.source.shards())
            self._discovered_at = self.clock()

    def _hold(self, lease: Lease, *, until: float, looks: int) -> Iterator[int]:
        try:
            yield from self._read_segment(lease, until=until) if lease.segment else self._read(lease, until, looks)
        except Fenced:
            _log.warning("lease lost", shard=lease.shard, epoch=lease.epoch)
            lease_lost()
        except Exception:
            self.leases.let_go(lease)
            raise

    def _read(self, lease: Lease, until: float, looks: int) -> Iterator[int]:
        lease, empty = self._heal(lease) if lease.is_stale else lease, 0
        while self.clock() < until:
            try:
                page = self._page(lease)
            except Gone:
                self._require_unlisted(lease)
                self._close(self._heal(lease))
                return
            except Trimmed:
                lease = self._heal(lease)
                continue
            yield 0
            if page.last:
                yield self._show(lease, page)
                lease, empty = replace(lease, checkpoint=page.last, deaths=0, suspects=()), 0
            if page.iterator is None:
                self._close(lease)
                return
            self._places[lease.shard] = lease.checkpoint, page.iterator
            empty += not page.last
            if empty >= looks:
                if self.leases.release(lease):
                    return
                empty = 0
            elif empty:
                self.pause(PAUSE)
        self.leases.let_go(lease)

    def _read_segment(self, lease: Lease, *, until: float) -> Iterator[int]:
        while self.clock() < until:
            page = self.source.segment(lease.segment, after=lease.checkpoint)
            yield 0
            yield self._show(lease, page)
            if page.iterator is None:
                self.leases.close(lease)
                return
            lease = replace(lease, checkpoint=page.last or "", deaths=0, suspects=())
        self.leases.let_go(lease)

    def _show(self, lease: Lease, page: Page) -> int:
        commit, renew = self.leases.commit(lease, last=page.last or lease.checkpoint), self.leases.renew(lease)
        with showing(page.facts, shard=lease.shard):
            lines = try_out(page.facts, lease, leases=self.leases, view=self.view) if lease.deaths else 0
            return lines + self.view.show(() if lease.deaths else page.facts, commit=commit, renew=renew)

    def _page(self, lease: Lease) -> Page:
        """The next page, from where this process last read if the shard is still there, else from the checkpoint."""
        read_to, place = self._places.pop(lease.shard, ("", ""))
        if place and read_to == lease.checkpoint and (page := self.source.page(place)):
            return page
        place = self.source.iterator(lease.shard, after=lease.checkpoint)
        return self.source.page(place) or Page((), None, place)

    def _heal(self, lease: Lease) -> Lease:
        """The stream no longer holds what comes next: the table itself is read, and the shard from what is left."""
        _log.warning("stream trimmed", shard=lease.shard, checkpoint=lease.checkpoint)
        self.leases.heal(lease)
        return replace(lease, checkpoint="", is_stale=False)

    def _require_unlisted(self, lease: Lease) -> None:
        """StoreAway where the stream lists the shard all the same: a closed shard would never be followed again."""
        if any(each.id == lease.shard for each in self.source.shards()):
            raise StoreAway(cure="the stream lists a shard that it does not find: is its table being made anew?")

    def _close(self, lease: Lease) -> None:
        self._discover(now=True)  # its children first: a crash between the two costs nothing
        self.leases.close(lease)
