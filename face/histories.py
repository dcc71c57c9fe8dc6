"""An entity's history as a page tells it: versions, what each changed, and which counters it moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cqrs.domain import Counter, Entity, Version
from cqrs.log import Change, Log, diff

BELOW_MOST = 100
"""Versions shown below the one looked at."""


@dataclass(frozen=True, slots=True)
class Moment[S]:
    """One version of an entity, and what it changed; `effects` are by how much it moved which numbers of what."""

    version: Version[S]
    changes: list[Change]
    effects: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)


def moments[S](
    log: Log, entity: Entity[S, ...], sk: str, *, until: int, counter: Counter | None = None
) -> list[Moment[S]]:
    """The newest versions, down to some below `until`, newest first, with what they moved of `counter`. NotFound."""
    after = max(0, until - BELOW_MOST)
    before = log.get(entity, sk, version=after) if after else None
    found = []
    for version in log.history(entity, sk, after=after):
        changes = list(diff(before.state if before else None, version.state))
        found.append(Moment(version, changes, _effects(entity, counter, before, version)))
        before = version
    return found[::-1]


def _effects[S](
    entity: Entity[S, ...], counter: Counter | None, before: Version[S] | None, after: Version[S]
) -> Mapping[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for count, delta in entity.deltas(before, after).items() if counter else ():
        if count.counter != counter:
            continue
        found.setdefault(count.key, []).append((count.number, delta))
    return found
