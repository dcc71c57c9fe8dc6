"""What followers leave behind, in memory or in Postgres: leases, rows, journals."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from django.db.models import F
from django_tenants.utils import schema_context

from cqrs.models import JournalLine
from cqrs.projector import schema_of
from cqrs.store import Fact, Store
from cqrs.stream.leases import Leases
from cqrs.stream.models import Parked, Shard
from cqrs.stream.shards import PostgresLeases
from cqrs.stream.view import Projector, View
from cqrs.tests.simulator.facts import TENANTS
from cqrs.tests.simulator.leases import MemoryLeases, Noted
from cqrs.tests.simulator.stream import Clock
from cqrs.tests.simulator.view import MemoryView
from todos.models import TodoRow


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

    def pass_time(self, seconds: float) -> None:
        """The clock is shared already."""


class InPostgres:
    """See `Stage`. It has the shards for itself; of tenants' tables it sees what has this prefix. Time passes by moving
    what is noted into the past."""

    def __init__(self, store: Store, *, prefix: str) -> None:
        self._view, self._prefix = Projector(store), prefix

    @property
    def view(self) -> View:
        return self._view

    def leases(self, holder: str) -> Leases:
        return PostgresLeases(holder)

    def shards(self) -> Mapping[str, Noted]:
        return {
            each.id: Noted(
                each.id,
                each.leased_until.timestamp(),
                each.caught_up_at.timestamp(),
                segment=each.segment,
                checkpoint=each.checkpoint,
                is_closed=each.is_closed,
                epoch=each.epoch,
                holder=each.holder,
            )
            for each in Shard.objects.all()
        }

    def journal(self) -> Sequence[tuple[str, int]]:
        found = list[tuple[str, int]]()
        for tenant in TENANTS:
            with schema_context(schema_of(tenant)):
                lines = JournalLine.objects.filter(entity_id__contains=self._prefix).order_by("position")
                found += lines.values_list("entity_id", "version")
        return found

    def rows(self) -> Mapping[str, int]:
        found = dict[str, int]()
        for tenant in TENANTS:
            with schema_context(schema_of(tenant)):
                found |= TodoRow.objects.filter(code__startswith=self._prefix).values_list("id", "version")
        return found

    def parked(self) -> set[str]:
        parked = Parked.objects.filter(state=Parked.State.PARKED, entity_id__contains=self._prefix)
        return set(parked.values_list("entity_id", flat=True))

    def pass_time(self, seconds: float) -> None:
        by = timedelta(seconds=seconds)
        Shard.objects.update(leased_until=F("leased_until") - by, caught_up_at=F("caught_up_at") - by)
