"""What can be written: each says under which condition, and what stands there where that fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cqrs.domain import Json, Version

ACTIONS_MOST = 100
"""Writes that fit into one transaction; DynamoDB's own limit."""

type Fact = Version[Mapping[str, Json]]
"""A version as it is stored: its state is JSON."""

type Tally = Mapping[str, int]
"""The numbers of one counted thing, by name; one that is not there counts as 0."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an Idempotency-Key was used for: the request's digest, its answer's status, the version it made.

    It is forgotten some time after `expires_at`, in seconds since 1970; never where that is None.
    """

    tenant_code: str
    key: str
    digest: str
    status: int
    id: str
    version: int
    command_id: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Append:
    """Put this version, unless somebody else has."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Take:
    """Take `count` numbers of a sequence above `seen`, unless it has moved."""

    pk: str
    sk: str
    seen: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Move:
    """Move the numbers of one counted thing by `deltas`, all of them or none.

    It takes numbers that are, before it, at least as `least` and at most as `most` says, and limits that are as
    `assumed` (None: not there). `sets` are limits to set; None takes one away.
    """

    pk: str
    sk: str
    deltas: Tally
    least: Tally = field(default_factory=dict)
    most: Tally = field(default_factory=dict)
    assumed: Mapping[str, int | None] = field(default_factory=dict)
    sets: Mapping[str, int | None] = field(default_factory=dict)

    def is_stale(self, tally: Tally) -> bool:
        """Whether a limit is not the one assumed."""
        return any(tally.get(name) != limit for name, limit in self.assumed.items())

    def short(self, tally: Tally) -> list[str]:
        """The numbers that cannot move as they are."""
        low = [name for name, least in self.least.items() if tally.get(name, 0) < least]
        return low + [name for name, most in self.most.items() if tally.get(name, 0) > most]

    def moved(self, tally: Tally) -> Tally:
        """The numbers after it."""
        after = {**tally, **{name: tally.get(name, 0) + delta for name, delta in self.deltas.items()}, **self.sets}
        return {name: number for name, number in after.items() if number is not None}


@dataclass(frozen=True, slots=True)
class Keep:
    """Put this receipt, unless one is there."""

    receipt: Receipt


type Write = Append | Take | Move | Keep
type Found = Fact | Receipt | Tally | int | None


class Rejected(Exception):
    """Decided: some of the writes could not be done, and nothing at all was. `failed` are those, in their order, each
    with what stood there instead; `write` and `found` are the first."""

    def __init__(self, failed: Sequence[tuple[Write, Found]]) -> None:
        self.failed = failed
        self.write, self.found = failed[0]
        super().__init__(f"{type(self.write).__name__} rejected")


def is_mine(write: Write, found: Found) -> bool:
    """Whether what was found is what this write writes: an earlier send of the same bytes had succeeded."""
    match write, found:
        case Append(fact), Version():
            return fact.command_id == found.command_id
        case Keep(receipt), Receipt():
            return receipt.command_id == found.command_id
    return False
