"""A store in memory."""

import threading
from collections.abc import Iterator, Sequence

from cqrs.store.writes import Append, Fact, Found, Keep, Move, Receipt, Rejected, Take, Tally, Write


class MemoryStore:
    """A store for tests and tutorials: a dict under a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[str, list[Fact]] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._counters: dict[tuple[str, str], Tally] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._tokens: set[str] = set()

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        with self._lock:
            if token in self._tokens:
                return
            standing = [(write, self._standing(write)) for write in writes]
            if failed := [(write, found) for write, found in standing if found is not None]:
                raise Rejected(failed)
            for write in writes:
                self._do(write)
            self._tokens.add(token)

    def load(self, facts: Sequence[Fact]) -> None:
        with self._lock:
            for fact in sorted(facts, key=lambda fact: fact.version):
                if fact.version > len(self._facts.setdefault(fact.id, [])):
                    self._facts[fact.id].append(fact)

    def read(self, id: str, version: int | None = None) -> Fact | None:
        facts = self._facts.get(id, [])
        wanted = len(facts) if version is None else version
        return facts[wanted - 1] if 1 <= wanted <= len(facts) else None

    def read_many(self, keys: Sequence[tuple[str, int]]) -> list[Fact]:
        return [fact for id, version in keys if (fact := self.read(id, version))]

    def history(self, id: str, *, after: int = 0, limit: int | None = None) -> Iterator[Fact]:
        return iter(self._facts.get(id, [])[after:][:limit])

    def receipt(self, tenant: str, key: str) -> Receipt | None:
        return self._receipts.get((tenant, key))

    def counter(self, pk: str, sk: str) -> Tally:
        return self._counters.get((pk, sk), {})

    def counters(self, pk: str) -> Iterator[tuple[str, Tally]]:
        numbers = {key: {"no": number} for key, number in self._numbers.items()}
        found = sorted((numbers | dict(self._counters)).items())
        return iter([(sk, tally) for (kind, sk), tally in found if kind == pk])

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
            case Move(pk, sk):
                tally = self.counter(pk, sk)
                return tally if write.is_stale(tally) or write.short(tally) else None
            case Keep(receipt):
                return self.receipt(receipt.tenant_code, receipt.key)

    def _do(self, write: Write) -> None:
        match write:
            case Append(fact):
                self._facts.setdefault(fact.id, []).append(fact)
            case Take(pk, sk, seen, count):
                self._numbers[pk, sk] = seen + count
            case Move(pk, sk):
                self._counters[pk, sk] = write.moved(self.counter(pk, sk))
            case Keep(receipt):
                self._receipts[receipt.tenant_code, receipt.key] = receipt
