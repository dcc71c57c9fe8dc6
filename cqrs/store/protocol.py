"""What the kernel asks of a store."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from cqrs.store.writes import Fact, Receipt, Tally, Write


class Store(Protocol):
    """The log and the counters. Every read is strongly consistent. Unavailable when it does not answer in time, Busy
    where it is known that nothing was written."""

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        """All or nothing, no two of them about the same thing. `token` names this very set of writes: sent twice it
        happens once. Rejected when a condition fails, and then decided for good."""

    def load(self, facts: Sequence[Fact]) -> None:
        """Put facts as they are, each once and in any order, into a log that nobody writes to meanwhile. Done again it
        changes nothing; left off in the middle, some are there."""

    def read(self, id: str, version: int | None = None) -> Fact | None:
        """One version of an entity; its newest, the head, unless `version` says which."""

    def read_many(self, keys: Sequence[tuple[str, int]]) -> list[Fact]:
        """These versions, given by id and version and each once, in any order; without those that are not there."""

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Iterator[Fact]:
        """The versions above `after`, oldest first."""

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        """The receipt of an Idempotency-Key."""

    def counter(self, pk: str, sk: str) -> Tally:
        """The numbers of one counted thing; none where there never was one."""

    def counters(self, pk: str) -> Iterator[tuple[str, Tally]]:
        """Every counted thing of a kind, `STOCK#acme`, in the order of its keys, read a page at a time. A sequence is
        one of `SEQ#acme`, with its `no`."""

    def number(self, pk: str, sk: str) -> int:
        """The last number of a sequence; 0 before the first."""

    def next_number(self, pk: str, sk: str) -> int:
        """Take the next number at once, whatever becomes of it."""
