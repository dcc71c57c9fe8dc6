"""Numbers for codes: taken within the command's own transaction, or at once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from cqrs.domain import Command, Entity, Sequence, partition
from cqrs.domain.sequence import check_code
from cqrs.store import Rejected, Store, Take
from cqrs.turns import turn

type Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a tenant numbers: where its days begin, and by entity type what it set up otherwise than is declared."""

    zone: tzinfo = UTC
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def sequence(self, entity: Entity[Any, ...]) -> Sequence:
        """The sequence that numbers this entity. InvalidFormat; TypeError where none does."""
        if not isinstance(entity.code, Sequence):
            raise TypeError(f"{entity} is not numbered")
        own = self.own.get(entity.type)
        return replace(entity.code, **own) if own else entity.code


def sequence_key(tenant: str, type: str, *, period: str = "", codes: Iterable[str] = ()) -> Key:
    """Where a tenant's last number is counted: `("SEQ#acme", "ORDER")`, `("SEQ#acme", "INVOICE#2026#BERLIN")`."""
    return partition("SEQ", tenant), "#".join([type, period, *codes]).rstrip("#")


class Numbers:
    """Where one transaction's new entities get their numbers: fast ones at once and once, gap-free ones within the
    transaction itself, the next ones if those were taken meanwhile."""

    def __init__(self, store: Store, tenant: str, numbering: Callable[[], Numbering] = Numbering) -> None:
        self._store, self._tenant, self._numbering = store, tenant, numbering
        self._last: dict[Key, int] = {}  # of each gap-free sequence, as far as is known
        self._lost: set[Key] = set()
        self._fast: defaultdict[Key, list[int]] = defaultdict(list)
        self._given: Counter[Key] = Counter()

    def start(self) -> None:
        """Another try: give the same numbers again."""
        self._given.clear()

    def code(self, entity: Entity[Any, ...], state: Any, now: datetime) -> str:
        """The code of a new entity that a sequence numbers. InvalidCode."""
        numbering = self._numbering()
        sequence, on = numbering.sequence(entity), now.astimezone(numbering.zone).date()
        codes = [check_code(read(state)) for read in sequence.codes]
        key = sequence_key(self._tenant, entity.type, period=sequence.period(on), codes=codes)
        return check_code(sequence.code(self._next_fast(key) if sequence.fast else self._next(key), on=on, codes=codes))

    def taken(self) -> list[Take]:
        """What takes the gap-free numbers along with the entities."""
        given = [(key, count) for key, count in self._given.items() if key in self._last]
        return [Take(*key, seen=self._last[key], count=count) for key, count in given]

    def lost(self, rejected: Rejected) -> None:
        """Somebody else was quicker: try the number after theirs, at once; if that is lost too, read again, later."""
        for take, last in rejected.failed:
            if isinstance(take, Take) and isinstance(last, int):
                key = take.pk, take.sk
                if key in self._lost:
                    del self._last[key]
                else:
                    self._last[key] = last
                self._lost ^= {key}

    def turn(self, commands: Iterable[Command[Any]]) -> AbstractContextManager[None]:
        """Takers of gap-free numbers within this process queue here, instead of losing to each other in the store; but
        nobody waits in two queues. Busy."""
        types = [each.entity.type for each in commands if each.rule.creates and _is_gap_free(each.entity)]
        return turn(sequence_key(self._tenant, types[0])) if types else nullcontext()

    def _next(self, key: Key) -> int:
        if key not in self._last:
            self._last[key] = self._store.number(*key)
        self._given[key] += 1
        return self._last[key] + self._given[key]

    def _next_fast(self, key: Key) -> int:
        taken = self._fast[key]
        if len(taken) == self._given[key]:
            taken.append(self._store.next_number(*key))
        self._given[key] += 1
        return taken[self._given[key] - 1]


def _is_gap_free(entity: Entity[Any, ...]) -> bool:
    return isinstance(entity.code, Sequence) and not entity.code.fast
