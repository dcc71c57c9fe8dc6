"""What followers leave behind, in memory or in Postgres: leases, rows, journals."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from cqrs.store import Fact, Store
from cqrs.stream.leases import Leases
from cqrs.stream.view import View
from cqrs.tests.simulator.leases import MemoryLeases, Noted
from cqrs.tests.simulator.stream import Clock
from cqrs.tests.simulator.view import MemoryView


class Stage(Protocol):
    """Shared by all followers of one world."""

    @property
    def view(self) -> View:
        """The view they show facts in."""

    def leases(self, holder: str) -> Leases:
        """The leases as this process sees them."""

    def shards(self) -> Mapping[str, Noted]:
        """What is noted of each shard and segment."""

    def journal(self) -> Sequence[tuple[str, int]]:
        """Entity and version of each line of the world's tenants, in the order of positions per tenant."""

    def rows(self) -> Mapping[str, int]:
        """The version that each entity's row shows."""

    def parked(self) -> set[str]:
        """The entities set apart."""

    def shown(self, id: str) -> int:
        """The newest version in the journal of an entity."""

    def pass_time(self, seconds: float) -> None:
        """Time passes."""


class InMemory:
    """See `Stage`."""

    def __init__(self, store: Store, clock: Clock, *, between: Callable[[], None]) -> None:
        self._clock, self._noted = clock, dict[str, Noted]()
        self._view = MemoryView(store, between=between)

    @property
    def view(self) -> View:
        return self._view

    def leases(self, holder: str) -> Leases:
        return MemoryLeases(holder, self._clock, self._noted)

    def shards(self) -> Mapping[str, Noted]:
        return self._noted

    def journal(self) -> Sequence[tuple[str, int]]:
        lines: list[Fact] = [line for lines in self._view.journal.values() for line in lines]
        return [(line.id, line.version) for line in lines]

    def rows(self) -> Mapping[str, int]:
        return {id: row.version for id, row in self._view.rows.items()}

    def parked(self) -> set[str]:
        return set(self._view.parked)

    def shown(self, id: str) -> int:
        return self._view.shown(id)

    def pass_time(self, seconds: float) -> None:
        """The clock is shared already."""
