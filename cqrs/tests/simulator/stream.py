"""A table and its stream, in memory and simulated time: see `cqrs.stream.source.Source`."""

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random
from zlib import crc32

import orjson

from cqrs.domain import Unavailable
from cqrs.store import Append, Fact, MemoryStore
from cqrs.stream.source import Gone, Page, ShardInfo, Trimmed

KEPT = 24 * 3600.0
"""Seconds after which a record is trimmed."""

EXPIRES = 15 * 60.0
"""Seconds after which an iterator is of no use."""

HIDDEN = 3600.0
"""Seconds after which no empty page hides a record any longer, where a shard is read from its beginning: nobody could
know that it was there. (`STALE` leaves as much.)"""


@dataclass(slots=True)
class Clock:
    """Simulated time, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Record:
    number: int
    fact: Fact
    written_at: float


@dataclass(slots=True)
class Strand:
    """One shard."""

    id: str
    parent: str
    listed_at: float
    records: list[Record] = field(default_factory=list)
    trimmed: int = 0
    """The number of the last record that is no longer here."""
    ended_at: float | None = None
    is_finished: bool = False
    """Whether somebody was told that this is its end."""


class SimulatedStream:
    """Sequence numbers are decimal strings that grow in length. Chance says which shard a fact is in, and in which
    order, so that v2 comes before v1; some come twice."""

    def __init__(self, store: MemoryStore, clock: Clock, random: Random, *, failures: float = 0.01) -> None:
        self.store, self.facts, self.strands = store, list[Fact](), dict[str, Strand]()
        self._clock, self._random, self.failures = clock, random, failures
        self._number, self._shards, self._most = 80, 0, random.choice([2, 5, 40])
        for _ in range(random.randint(1, 2)):
            self._open("")

    def write(self, facts: list[Fact]) -> None:
        """One transaction, in table and stream."""
        self.put(facts)
        for fact in self._random.sample(facts, len(facts)) + [each for each in facts if self._random.random() < 0.1]:
            self._number += self._random.choice([1, 1, 7, 50])
            strand = self._random.choice([each for each in self.strands.values() if each.ended_at is None])
            strand.records.append(Record(self._number, fact, self._clock.now))

    def put(self, facts: list[Fact]) -> None:
        """One transaction, in the table alone."""
        self.store.write([Append(fact) for fact in facts], token=f"transaction-{len(self.facts)}")
        self.facts += facts

    def split(self) -> None:
        """One shard ends, and one or two continue it; they may be listed late."""
        parent = self._random.choice([each for each in self.strands.values() if each.ended_at is None])
        parent.ended_at = self._clock.now
        for _ in range(self._random.choice([1, 1, 2])):
            self._open(parent.id)

    def is_left(self, shard: str) -> bool:
        """Whether anything is left of this shard."""
        self._trim()
        return shard in self.strands

    def shards(self) -> list[ShardInfo]:
        self._answer()
        return [ShardInfo(each.id, each.parent) for each in self.strands.values() if each.listed_at <= self._clock.now]

    def iterator(self, shard: str, *, after: str) -> str:
        self._answer()
        strand = self._strand(shard)
        if after and int(after) <= strand.trimmed:
            raise Trimmed
        return self._place(strand, int(after or strand.trimmed), empty=self._random.choice([0, 0, 0, 1, 2]))

    def page(self, iterator: str) -> Page | None:
        self._answer()
        shard, position, issued_at, empty = iterator.split("|")
        if self._clock.now - float(issued_at) > EXPIRES:
            return None
        strand = self._strand(shard)
        if int(position) < strand.trimmed:
            raise Trimmed
        return self._page(strand, int(position), int(empty))

    def segment(self, segment: str, *, after: str) -> Page:
        self._answer()
        number, total = map(int, segment.split("/"))
        found = [fact for fact in self.facts if crc32(fact.id.encode()) % total == number]
        keys = sorted((fact.id, fact.version) for fact in found)
        first = bisect_right(keys, tuple(orjson.loads(after))) if after else 0
        page = keys[first : first + self._random.randint(1, self._most)]
        if not page:
            return Page((), None, None)
        facts = [fact for id, version in page if (fact := self.store.read(id, version))]
        return Page(facts, orjson.dumps(page[-1]).decode(), segment)

    def _page(self, strand: Strand, position: int, empty: int) -> Page:
        there = strand.records[bisect_right(strand.records, position, key=lambda record: record.number) :]
        if there and empty and (strand.trimmed < position or self._clock.now - there[0].written_at < HIDDEN):
            return Page((), None, self._place(strand, position, empty=empty - 1))
        got = there[: self._random.randint(1, self._most)]
        position = got[-1].number if got else position
        is_end = strand.ended_at is not None and len(got) == len(there) and (not got or self._random.random() < 0.5)
        strand.is_finished |= is_end
        place = None if is_end else self._place(strand, position)
        return Page([record.fact for record in got], str(position) if got else None, place)

    def _place(self, strand: Strand, position: int, *, empty: int = 0) -> str:
        return f"{strand.id}|{position}|{self._clock.now}|{empty}"

    def _open(self, parent: str) -> None:
        late = self._random.choice([0, 0, 0, 8, 120, 3600])
        listed_at = max(self._clock.now + late, self.strands[parent].listed_at if parent else 0)
        self._shards += 1
        shard = f"shard-{self._shards:03}"
        self.strands[shard] = Strand(shard, parent, listed_at if parent else 0)

    def _strand(self, shard: str) -> Strand:
        if not self.is_left(shard):
            raise Gone
        return self.strands[shard]

    def _answer(self) -> None:
        self._trim()
        if self._random.random() < self.failures:
            raise Unavailable

    def _trim(self) -> None:
        horizon = self._clock.now - KEPT
        for strand in list(self.strands.values()):
            lost = bisect_right(strand.records, horizon, key=lambda record: record.written_at)
            if lost:
                strand.trimmed = strand.records[lost - 1].number
                del strand.records[:lost]
            if strand.ended_at is not None and strand.ended_at < horizon:
                del self.strands[strand.id]
