"""One tenant's log: what was, what is, and no other tenant's."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cqrs.codec import decode, encode
from cqrs.domain import Counter, Entity, Json, NotFound, Version, entity_id, partition
from cqrs.personal import expect
from cqrs.store import Append, Fact, Keep, Move, Receipt, Store, Take, Tally, Write


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    field: str
    before: Json
    after: Json


class ForeignKey(Exception):
    """A write names another tenant than the log it was given to. A defect: nothing was written."""


@dataclass(frozen=True, slots=True)
class Log:
    """A handle on the store that is bound to one tenant: every key it makes or takes is that tenant's."""

    store: Store
    tenant: str

    def id(self, entity: Entity[Any, ...], sk: str) -> str:
        """The log's key of an entity of this tenant."""
        return entity_id(pk=partition(entity.type, self.tenant), sk=sk)

    def get[S](
        self, entity: Entity[S, ...], sk: str, *, version: int | None = None, as_of: datetime | None = None
    ) -> Version[S]:
        """The current version, that one, or the one of that time. NotFound."""
        id = self.id(entity, sk)
        fact = self._as_of(id, as_of) if as_of else self.store.read(id, version)
        if fact is None:
            raise NotFound
        return decode(entity, fact)

    def history[S](
        self, entity: Entity[S, ...], sk: str, *, after: int = 0, limit: int | None = None
    ) -> list[Version[S]]:
        """The versions above `after`, oldest first. NotFound where there never was one."""
        facts = list(self.store.history(self.id(entity, sk), after=after, limit=limit))
        expect(facts, entity)
        found = [decode(entity, fact) for fact in facts]
        if not found and not after:
            raise NotFound
        return found

    def counter(self, counter: Counter, key: str) -> Tally:
        """The numbers of one counted thing, as they are now."""
        return self.store.counter(partition(counter.kind, self.tenant), key)

    def counters(self, counter: Counter) -> Iterator[tuple[str, Tally]]:
        """Every thing that this counter counts, by key, with its numbers."""
        return self.store.counters(partition(counter.kind, self.tenant))

    def receipt(self, key: str) -> Receipt | None:
        """What this Idempotency-Key was used for."""
        return self.store.receipt(self.tenant, key)

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        """All or nothing; see Store.write. ForeignKey when one of them is another tenant's."""
        if foreign := [write for write in writes if _tenant(write) != self.tenant]:
            raise ForeignKey(foreign)
        if writes:
            self.store.write(writes, token=token)

    def _as_of(self, id: str, at: datetime) -> Fact | None:
        """Time never goes back within an entity, so that halving finds the version; each look is one read."""
        head = self.store.read(id)
        if head is None or head.at <= at:
            return head
        versions = range(1, head.version)
        found = bisect_right(versions, at, key=lambda version: cast(Fact, self.store.read(id, version)).at)
        return self.store.read(id, found)


def diff(before: object | None, after: object) -> Iterator[Change]:
    """The fields of a state that differ, in the state's order; everything, where there was none before."""
    old: Mapping[str, Json] = encode(before) if before is not None else {}
    for field, value in encode(after).items():
        if before is None or old.get(field) != value:
            yield Change(field, old.get(field), value)


def _tenant(write: Write) -> str:
    match write:
        case Append(fact):
            return fact.tenant_code
        case Keep(receipt):
            return receipt.tenant_code
        case Take(pk) | Move(pk):
            return pk.rpartition("#")[2]
