"""Where facts are read from: the shards of a stream, and the table itself in segments where that has forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cqrs.store import Fact


@dataclass(frozen=True, slots=True)
class ShardInfo:
    """A shard of the stream, and the one it continues (empty where there is none)."""

    id: str
    parent: str


@dataclass(frozen=True, slots=True)
class Page:
    """Facts in the order of their shard. `last` is where to go on after (None: nothing new); `iterator` reads the next
    page; it is None at the end of a closed shard, or of a segment."""

    facts: Sequence[Fact]
    last: str | None
    iterator: str | None


class Trimmed(Exception):
    """The stream no longer holds what comes after this place: 24 hours have passed."""


class Gone(Trimmed):
    """Nothing of the shard is left."""


class Source(Protocol):
    """A stream, and the table it streams. Unavailable when it does not answer in time."""

    def shards(self) -> list[ShardInfo]:
        """The shards there are, parents and children. A child may be missing for a while after its parent ended."""

    def iterator(self, shard: str, *, after: str) -> str:
        """Where to read on in a shard: after a sequence number, or from what is left of it where `after` is empty.
        Trimmed, Gone."""

    def page(self, iterator: str) -> Page | None:
        """The records at an iterator; None when it has expired. Trimmed, Gone."""

    def segment(self, segment: str, *, after: str) -> Page:
        """A page of one segment, `0/4`, of the table itself, after a key that an earlier page gave as its `last`."""
