"""The canary: an entity that changes every few seconds, so that somebody can measure how long that takes to be seen.

There is one canary a day, so that no history grows for ever; each song is a version of some 600 bytes, 8640 a day at
the default of 10 seconds.
"""

from dataclasses import dataclass, replace

from cqrs.domain import Entity

UNKNOWN = -1
"""The lag in a worker's first song: it has measured none yet."""


@dataclass(frozen=True)
class Canary:
    day: str
    songs: int = 0
    lag_ms: int = UNKNOWN


def hatch(*, day: str) -> Canary:
    return Canary(day)


def sing(canary: Canary, *, lag_ms: int) -> Canary:
    """Once more, telling what was measured the last time."""
    return replace(canary, songs=canary.songs + 1, lag_ms=lag_ms)


def day_of(canary: Canary) -> str:
    return canary.day


CANARY = Entity("CANARY", Canary, create=hatch, created="hatched", change={"sung": sing}, adds={sing}, code=day_of)
