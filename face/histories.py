"""An entity's history as a page tells it: versions, and what each changed."""

from dataclasses import dataclass

from cqrs.domain import Entity, Version
from cqrs.log import Change, Log, diff

BELOW_MOST = 100
"""Versions shown below the one looked at."""


@dataclass(frozen=True, slots=True)
class Moment[S]:
    """One version of an entity, and what it changed."""

    version: Version[S]
    changes: list[Change]


def moments[S](log: Log, entity: Entity[S, ...], sk: str, *, until: int) -> list[Moment[S]]:
    """The newest versions, down to some below `until`, newest first. NotFound."""
    after = max(0, until - BELOW_MOST)
    before = log.get(entity, sk, version=after).state if after else None
    found = []
    for version in log.history(entity, sk, after=after):
        found.append(Moment(version, list(diff(before, version.state))))
        before = version.state
    return found[::-1]
