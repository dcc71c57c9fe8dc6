"""Which entity is shown by which read model: pure functions from a state to a row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cqrs.codec import decode
from cqrs.domain import Entity, Version
from cqrs.models import Row
from cqrs.personal import expect
from cqrs.store import Fact


class UnknownType(Exception):
    """The log holds facts of a type that no projection here knows. They wait for the release that does."""


@dataclass(frozen=True, slots=True)
class Projection[S, R: Row]:
    """An entity, its read model, and the function from one to the other; both None for what has no rows."""

    entity: Entity[S, ...]
    model: type[R] | None = None
    row: Callable[[S], R] | None = None

    def shown(self, version: Version[S]) -> R | None:
        """The row of a version, with the columns that every row has."""
        if self.row is None:
            return None
        row = self.row(version.state)
        row.id, row.partition, row.sk = version.id, version.pk, version.sk
        row.tenant_id, row.code, row.name = version.tenant_code, version.code, version.name
        row.version, row.is_deleted = version.version, version.is_deleted
        row.created_at, row.created_by = version.created_at, version.created_by
        row.updated_at, row.updated_by = version.at, version.by
        return row


PROJECTIONS: dict[str, Projection[Any, Any]] = {}
"""By entity type."""


def projects[S, R: Row](entity: Entity[S, ...], model: type[R]) -> Callable[[Callable[[S], R]], Callable[[S], R]]:
    """Declares the function that shows an entity's state as one row of `model`."""

    def register(row: Callable[[S], R]) -> Callable[[S], R]:
        PROJECTIONS[entity.type] = Projection(entity, model, row)
        return row

    return register


def journals(entity: Entity[Any, ...]) -> None:
    """Declares that an entity stands in the journal only."""
    PROJECTIONS[entity.type] = Projection(entity)


def projection_of(type: str) -> Projection[Any, Any]:
    """The projection of an entity type. UnknownType."""
    if type not in PROJECTIONS:
        raise UnknownType(type)
    return PROJECTIONS[type]


def expect_all(facts: Iterable[Fact]) -> None:
    """These facts are to be shown: have the keys of what is personal in them at hand, asked for together."""
    for fact_type, same in groupby(sorted(facts, key=_type), key=_type):
        if projection := PROJECTIONS.get(fact_type):
            expect(same, projection.entity)


def row_of(fact: Fact) -> Row | None:
    """The row that shows a stored version. UnknownType."""
    projection = projection_of(fact.type)
    row: Row | None = projection.shown(decode(projection.entity, fact))
    return row


def _type(fact: Fact) -> str:
    return fact.type
