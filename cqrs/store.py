"""What the kernel asks of a store, and one in memory that keeps the same promises: side by side, to be compared."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cqrs.domain import Json, Version

type Fact = Version[Mapping[str, Json]]
"""A version as it is stored: its state is JSON."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an Idempotency-Key was used for: the request's digest, its answer's status, the version it made.

    It is forgotten some time after `expires_at`, in seconds since 1970.
    """

    tenant_code: str
    key: str
    digest: str
    status: int
    id: str
    version: int
    command_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Append:
    """Put this version, unless somebody else has."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Take:
    """Move a sequence from `seen` to `seen` + 1, unless it has moved."""

    pk: str
    sk: str
    seen: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Put this receipt, unless one is there."""

    receipt: Receipt


type Write = Append | Take | Keep
type Found = Fact | Receipt | int | None


class Rejected(Exception):
    """Decided: the first of the writes that could not be done, and nothing at all was. `found` stood there instead."""

    def __init__(self, write: Write, found: Found) -> None:
        self.write, self.found = write, found
        super().__init__(f"{type(write).__name__} rejected")


def is_mine(write: Write, found: Found) -> bool:
    """Whether what was found is what this write writes: an earlier send of the same bytes had succeeded."""
    match write, found:
        case Append(fact), Version():
            return fact.command_id == found.command_id
        case Keep(receipt), Receipt():
            return receipt.command_id == found.command_id
    return False


class Store(Protocol):
    """The log and the counters. Every read is strongly consistent. Unavailable when it does not answer in time."""

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        """All or nothing. `token` names this very set of writes: sent twice it happens once. Rejected when a
        condition fails, and then decided for good."""

    def read(self, id: str, version: int | None = None) -> Fact | None:
        """One version of an entity; its newest, the head, unless `version` says which."""

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Iterator[Fact]:
        """The versions above `after`, oldest first."""

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        """The receipt of an Idempotency-Key."""

    def number(self, pk: str, sk: str) -> int:
        """The last number taken of a sequence; 0 before the first."""

    def next_number(self, pk: str, sk: str) -> int:
        """Take the next number at once, whatever becomes of it."""


class MemoryStore:
    """A store for tests and tutorials: a dict under a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[str, list[Fact]] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._tokens: set[str] = set()

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        with self._lock:
            if token in self._tokens:
                return
            for write in writes:
                if (found := self._standing(write)) is not None:
                    raise Rejected(write, found)
            for write in writes:
                self._do(write)
            self._tokens.add(token)

    def read(self, id: str, version: int | None = None) -> Fact | None:
        facts = self._facts.get(id, [])
        wanted = len(facts) if version is None else version
        return facts[wanted - 1] if 1 <= wanted <= len(facts) else None

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Iterator[Fact]:
        return iter(self._facts.get(id, [])[after:][:limit])

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        return self._receipts.get((tenant, key))

    def number(self, pk: str, sk: str) -> int:
        return self._numbers.get((pk, sk), 0)

    def next_number(self, pk: str, sk: str) -> int:
        with self._lock:
            self._numbers[pk, sk] = self.number(pk, sk) + 1
            return self._numbers[pk, sk]

    def _standing(self, write: Write) -> Found:
        match write:
            case Append(fact):
                return self.read(fact.id, fact.version)
            case Take(pk, sk, seen):
                return None if (number := self.number(pk, sk)) == seen else number
            case Keep(receipt):
                return self.receipt(receipt.tenant_code, receipt.key)

    def _do(self, write: Write) -> None:
        match write:
            case Append(fact):
                self._facts.setdefault(fact.id, []).append(fact)
            case Take(pk, sk, seen):
                self._numbers[pk, sk] = seen + 1
            case Keep(receipt):
                self._receipts[receipt.tenant_code, receipt.key] = receipt
