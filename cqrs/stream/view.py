"""What a follower shows facts in: the projector, as it asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cqrs.projector.apply import apply
from cqrs.projector.parking import park
from cqrs.projector.show import Commit
from cqrs.store import Fact, Store


class View(Protocol):
    """Shows facts exactly once in effect, in any order and any number of deliveries."""

    def show(self, facts: Sequence[Fact], *, commit: Commit, renew: Commit) -> int:
        """See `cqrs.projector.apply`."""

    def park(self, facts: Sequence[Fact], *, error: str, renew: Commit) -> None:
        """Park the one entity of these facts."""


@dataclass(frozen=True, slots=True)
class Projector:
    """The view in Postgres; what is missing is read from `store`."""

    store: Store

    def show(self, facts: Sequence[Fact], *, commit: Commit, renew: Commit) -> int:
        return apply(facts, store=self.store, commit=commit, renew=renew)

    def park(self, facts: Sequence[Fact], *, error: str, renew: Commit) -> None:
        park(facts, error=error, renew=renew)
