"""What must add up: numbers that move in the very transaction of the command which moves them.

STOCK = Counter("STOCK", floors={"available": 0})
STOCK.at("SKU-1", "available")                    # one number; `counts` answers {it: delta}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RESERVED = frozenset({"SEQ", "KEY"})
"""Kinds under which the store keeps its own: sequences and the receipts of Idempotency-Keys."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A kind of counted thing, `STOCK` for one; each thing is one item of numbers.

    `floors` says below which a number may not fall. `limits` says which number of the same item another may not
    exceed, `{"used": "limit"}`; where that number is not there, there is no limit.
    """

    kind: str
    floors: Mapping[str, int] = field(default_factory=dict, compare=False)
    limits: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.kind in RESERVED or "#" in self.kind:
            raise ValueError(f"{self.kind!r} cannot be a kind of counter")

    def at(self, key: str, number: str) -> "Count":
        """One number of the thing `key`."""
        return Count(self, key, number)


@dataclass(frozen=True, slots=True)
class Count:
    """One number of one counted thing."""

    counter: Counter
    key: str
    number: str


type Deltas = Mapping[Count, int]
"""By how much a change moves each number."""
