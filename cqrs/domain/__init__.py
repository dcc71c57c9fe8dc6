"""What a domain module may import: entities, refusals, versions. Standard library only."""

from cqrs.domain.counter import AboveLimit, BelowFloor, Count, Counter, Deltas, Short
from cqrs.domain.entity import Command, Entity, Loader, Reads, Ref
from cqrs.domain.instants import InstantOutOfRange, clamp_to_utc, to_utc
from cqrs.domain.refusals import (
    Busy,
    Conflict,
    KeyReused,
    NotFound,
    QuotaExceeded,
    Refused,
    Removed,
    Stale,
    StoreAway,
    Unavailable,
)
from cqrs.domain.rule import KEEP, SUPPLIED, Actor, Now, Rule, revise
from cqrs.domain.sequence import InvalidCode, InvalidFormat, Rotation, Sequence
from cqrs.domain.version import VERSION_FIRST, Json, Version, entity_id, partition

# fmt: off
__all__ = [
    "KEEP", "SUPPLIED", "VERSION_FIRST", "AboveLimit", "Actor", "BelowFloor", "Busy", "Command", "Conflict", "Count",
    "Counter", "Deltas", "Entity", "InstantOutOfRange", "InvalidCode", "InvalidFormat", "Json", "KeyReused", "Loader",
    "NotFound", "Now", "QuotaExceeded", "Reads", "Ref", "Refused", "Removed", "Rotation", "Rule", "Sequence", "Short",
    "Stale", "StoreAway", "Unavailable", "Version", "clamp_to_utc", "entity_id", "partition", "revise", "to_utc",
]
# fmt: on
