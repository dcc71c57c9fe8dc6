"""What a domain module may import: entities, refusals, versions. Standard library only."""

from cqrs.domain.counter import Count, Counter, Deltas
from cqrs.domain.entity import KEEP, SUPPLIED, Actor, Command, Entity, Now, Ref, Rule, Sequence, revise
from cqrs.domain.refusals import Conflict, KeyReused, NotFound, Refused, Removed, Unavailable
from cqrs.domain.version import VERSION_FIRST, Json, Version, entity_id, partition

# fmt: off
__all__ = [
    "KEEP", "SUPPLIED", "VERSION_FIRST", "Actor", "Command", "Conflict", "Count", "Counter", "Deltas", "Entity", "Json",
    "KeyReused", "NotFound", "Now", "Ref", "Refused", "Removed", "Rule", "Sequence", "Unavailable", "Version",
    "entity_id", "partition", "revise",
]
# fmt: on
