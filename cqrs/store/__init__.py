"""What the kernel asks of a store, and one in memory that keeps the same promises: side by side, to be compared."""

from cqrs.store.memory import MemoryStore
from cqrs.store.protocol import Store
from cqrs.store.writes import (
    ACTIONS_MOST,
    Append,
    Fact,
    Found,
    Keep,
    Move,
    Receipt,
    Rejected,
    Take,
    Tally,
    Write,
    is_mine,
)

# fmt: off
__all__ = [
    "ACTIONS_MOST", "Append", "Fact", "Found", "Keep", "MemoryStore", "Move", "Receipt", "Rejected", "Store", "Take",
    "Tally", "Write", "is_mine",
]
# fmt: on
