"""One tenant's log: what was, what is, and no other tenant's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cqrs.codec import decode, encode
from cqrs.domain import Entity, Json, NotFound, Version, entity_id, partition
from cqrs.store import Append, Fact, Keep, Receipt, Store, Take, Write

PUBLIC_SEPARATOR = "~"
"""Stands for `#` in the ids that clients see: `#` would start a fragment in a URL (docs/adr/0003)."""


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

    def sk(self, entity: Entity[Any, ...], name: str) -> str:
        """The sort key of what a client names by id or by code. NotFound for another tenant's id."""
        name = name.replace(PUBLIC_SEPARATOR, "#")
        if "#" not in name:
            return entity.sk_of(name)
        own = self.id(entity, "")
        if not name.startswith(own):
            raise NotFound
        return name.removeprefix(own)

    def head[S](self, entity: Entity[S, ...], sk: str) -> Version[S] | None:
        """The current version, or None."""
        return _decoded(entity, self.store.read(self.id(entity, sk)))

    def get[S](
        self, entity: Entity[S, ...], sk: str, *, version: int | None = None, as_of: datetime | None = None
    ) -> Version[S]:
        """The current version, that one, or the one of that time. NotFound."""
        id = self.id(entity, sk)
        fact = self.store.as_of(id, as_of) if as_of else self.store.read(id, version)
        found = _decoded(entity, fact)
        if found is None:
            raise NotFound
        return found

    def history[S](
        self, entity: Entity[S, ...], sk: str, *, after: int = 0, limit: int | None = None
    ) -> list[Version[S]]:
        """The versions above `after`, oldest first. NotFound where there never was one."""
        found = [decode(entity, fact) for fact in self.store.history(self.id(entity, sk), after=after, limit=limit)]
        if not found and not after:
            raise NotFound
        return found

    def receipt(self, key: str) -> Receipt | None:
        """What this Idempotency-Key was used for."""
        return self.store.receipt(self.tenant, key)

    def write(self, writes: Sequence[Write], *, token: str) -> None:
        """All or nothing; see Store.write. ForeignKey when one of them is another tenant's."""
        if foreign := [write for write in writes if _tenant(write) != self.tenant]:
            raise ForeignKey(foreign)
        if writes:
            self.store.write(writes, token=token)


def diff(before: object | None, after: object) -> Iterator[Change]:
    """The fields of a state that differ, in the state's order; everything, where there was none before."""
    old: Mapping[str, Json] = encode(before) if before is not None else {}
    for field, value in encode(after).items():
        if before is None or old.get(field) != value:
            yield Change(field, old.get(field), value)


def _decoded[S](entity: Entity[S, ...], fact: Fact | None) -> Version[S] | None:
    return decode(entity, fact) if fact else None


def _tenant(write: Write) -> str:
    match write:
        case Append(fact):
            return fact.tenant_code
        case Keep(receipt):
            return receipt.tenant_code
        case Take(pk):
            return pk.rpartition("#")[2]
