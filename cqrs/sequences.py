"""Numbers for codes: `ORD-%%no#:0>6%%` and 7 make ORD-000007."""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cqrs.domain import Command, Sequence, Unavailable, partition
from cqrs.store import Store, Take

TURN_WITHIN = 5.0
"""Seconds a taker waits for its turn."""

_FIELD = re.compile(r"%%(?P<name>\w+)(?:#(?P<spec>[^%]*))?%%")
_turns: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)


class Busy(Unavailable):
    """Too many take numbers at once. Nothing has happened; ask again."""

    code = "busy"


def sequence_key(tenant: str, type: str) -> tuple[str, str]:
    """Where a tenant's last number of an entity type is counted: `("SEQ#acme", "ORDER")`."""
    return partition("SEQ", tenant), type


def format_code(sequence: Sequence, no: int) -> str:
    """The code of number `no`. KeyError for a field the format does not know."""
    values = {"no": no}
    return _FIELD.sub(lambda field: f"{values[field['name']]:{(field['spec'] or '').lstrip(':')}}", sequence.format)


class Numbers:
    """Where one command's new entity gets its number, if it takes one: a fast one once and at once, a gap-free one
    within the command's own transaction, the next one if that was taken meanwhile."""

    def __init__(self, store: Store, tenant: str, command: Command[Any]) -> None:
        self._store, self._key = store, sequence_key(tenant, command.entity.type)
        sequence = command.entity.code if command.rule.creates else None
        self._is_gap_free = isinstance(sequence, Sequence) and not sequence.fast
        self._number = 0

    def next(self) -> int:
        """The number; asked again, the same."""
        if not self._number:
            take = self._store.number if self._is_gap_free else self._store.next_number
            self._number = take(*self._key) + self._is_gap_free
        return self._number

    def taken(self) -> list[Take]:
        """What takes the number along with the command."""
        return [Take(*self._key, seen=self.next() - 1)] if self._is_gap_free else []

    def lost(self, last: object) -> None:
        """Somebody else was quicker, and took `last`."""
        self._number = (last if isinstance(last, int) else 0) + 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Takers within this process queue here, instead of losing to each other in the store. Busy."""
        if not self._is_gap_free:
            yield
            return
        if not _turns[self._key].acquire(timeout=TURN_WITHIN):
            raise Busy
        try:
            yield
        finally:
            _turns[self._key].release()
