"""Numbers for codes: `ORD-%%no#:0>6%%` and 7 make ORD-000007."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from cqrs.domain import Busy, Command, Entity, partition
from cqrs.domain import Sequence as Numbering
from cqrs.store import Found, Store, Take

TURN_WITHIN = 5.0
"""Seconds a taker waits for its turn."""

_FIELD = re.compile(r"%%(?P<name>\w+)(?:#(?P<spec>[^%]*))?%%")
_turns: dict[tuple[str, str], threading.Lock] = {}


def sequence_key(tenant: str, type: str) -> tuple[str, str]:
    """Where a tenant's last number of an entity type is counted: `("SEQ#acme", "ORDER")`."""
    return partition("SEQ", tenant), type


def format_code(sequence: Numbering, no: int) -> str:
    """The code of number `no`. KeyError for a field the format does not know."""
    values = {"no": no}
    return _FIELD.sub(lambda field: f"{values[field['name']]:{(field['spec'] or '').lstrip(':')}}", sequence.format)


class Numbers:
    """Where one transaction's new entities get their numbers: fast ones at once and once, gap-free ones within the
    transaction itself, the next ones if those were taken meanwhile."""

    def __init__(self, store: Store, tenant: str) -> None:
        self._store, self._tenant = store, tenant
        self._last: dict[tuple[str, str], int] = {}  # of each gap-free sequence, as far as is known
        self._fast: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._given: Counter[tuple[str, str]] = Counter()

    def start(self) -> None:
        """Another try: give the same numbers again."""
        self._given.clear()

    def code(self, entity: Entity[Any, ...], state: Any, now: datetime) -> str:
        """The code of a new entity that a sequence numbers."""
        sequence = entity.code
        assert isinstance(sequence, Numbering)
        key = sequence_key(self._tenant, entity.type)
        return format_code(sequence, self._next_fast(key) if sequence.fast else self._next(key))

    def taken(self) -> list[Take]:
        """What takes the gap-free numbers along with the entities."""
        given = [(key, count) for key, count in self._given.items() if key in self._last]
        return [Take(*key, seen=self._last[key], count=count) for key, count in given]

    def lost(self, take: Take, last: Found) -> None:
        """Somebody else was quicker, and took `last`."""
        self._last[take.pk, take.sk] = last if isinstance(last, int) else 0

    @contextmanager
    def turn(self, commands: Sequence[Command[Any]]) -> Iterator[None]:
        """Takers of gap-free numbers within this process queue here, instead of losing to each other in the store.
        Nobody waits in two queues. Busy."""
        types = [each.entity.type for each in commands if each.rule.creates and _is_gap_free(each.entity)]
        if not types:
            yield
            return
        queue = _turns.setdefault(sequence_key(self._tenant, types[0]), threading.Lock())
        if not queue.acquire(timeout=TURN_WITHIN):
            raise Busy
        try:
            yield
        finally:
            queue.release()

    def _next(self, key: tuple[str, str]) -> int:
        if key not in self._last:
            self._last[key] = self._store.number(*key)
        self._given[key] += 1
        return self._last[key] + self._given[key]

    def _next_fast(self, key: tuple[str, str]) -> int:
        taken = self._fast[key]
        if len(taken) == self._given[key]:
            taken.append(self._store.next_number(*key))
        self._given[key] += 1
        return taken[self._given[key] - 1]


def _is_gap_free(entity: Entity[Any, ...]) -> bool:
    return isinstance(entity.code, Numbering) and not entity.code.fast
