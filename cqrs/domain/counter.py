"""What must add up: numbers that move in the very transaction of the command which moves them.

STOCK = Counter("STOCK", floors={"available": 0})
STOCK.at("SKU-1", "available")                    # one number; `counts` answers {it: delta}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cqrs.domain.refusals import Refused

RESERVED = frozenset({"SEQ", "KEY"})
"""Kinds under which the store keeps its own: sequences and the receipts of Idempotency-Keys."""


class BelowFloor(Refused):
    """There is less of this than was asked for."""


class AboveLimit(Refused):
    """This would go above its limit."""


def refusal_of(shorts: "Sequence[Short]") -> Refused:
    """BelowFloor or AboveLimit, as the first of them is, with all of them as `errors`."""
    kind = BelowFloor if shorts[0].delta < 0 else AboveLimit
    told = [_told(short) for short in shorts]
    errors = [{"pointer": "", "code": kind.code, "detail": kind().detail} | each for each in told]
    return kind(**told[0], errors=errors)


def _told(short: "Short") -> dict[str, Any]:
    count = short.count
    told: dict[str, Any] = {
        "counter": count.counter.kind,
        "key": count.key,
        "number": count.number,
        "requested": short.requested,
    }
    if short.delta < 0:
        return told | {"available": short.available}
    return told | {"used": short.there, "limit": short.bound}


@dataclass(frozen=True, slots=True)
class Counter:
    """A kind of counted thing, `STOCK` for one; each thing is one item of numbers. A number not there counts as 0.

    `floors` says below which a number may not fall. `limits` says which number of the same item another may not
    exceed, `{"used": "limit"}`; where that number is not there, there is no limit. `refusal` is what is raised when
    some of its numbers cannot move, unless the entity that would move them says it better. `of_states` declares that
    its numbers are what the entities' states add up to, whatever changes led there, which is then verified too.
    """

    kind: str
    floors: Mapping[str, int] = field(default_factory=dict, compare=False)
    limits: Mapping[str, str] = field(default_factory=dict, compare=False)
    refusal: "Callable[[Sequence[Short]], Refused]" = field(default=refusal_of, compare=False)
    of_states: bool = field(default=False, compare=False)

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


@dataclass(frozen=True, slots=True)
class Short:
    """A number that cannot move by `delta`: `there` is what it is, `bound` its floor where it would fall, its limit
    where it would rise."""

    count: Count
    delta: int
    there: int
    bound: int

    @property
    def requested(self) -> int:
        """How much was asked for."""
        return abs(self.delta)

    @property
    def available(self) -> int:
        """How much there is."""
        return max(0, self.there - self.bound if self.delta < 0 else self.bound - self.there)
