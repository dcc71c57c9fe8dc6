"""A fact of one tenant as a fact of another: opened where it comes from, sealed again where it goes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from cqrs.codec import decode
from cqrs.domain import Json
from cqrs.personal import opened, opened_ip, sealed
from cqrs.projections import projection_of
from cqrs.store import Fact

type People = Mapping[str, str]
"""Who is called otherwise where the fact goes: by `user:7`, `user:12`."""


def open_whole(fact: Fact) -> Fact:
    """A fact with all that is personal in it open. UnknownType."""
    return replace(opened(projection_of(fact.type).entity, fact), ip=opened_ip(fact))


def moved(fact: Fact, *, tenant: str, people: People) -> Fact:
    """The same fact of the other tenant. States refer by sort keys, which stay; a member's id is changed wherever it
    stands, by itself, in actors, arguments and state. UnknownType."""
    entity, fact = projection_of(fact.type).entity, open_whole(fact)
    fact = replace(
        fact,
        tenant_code=tenant,
        by=people.get(fact.by, fact.by),
        created_by=people.get(fact.created_by, fact.created_by),
        args=cast(Mapping[str, Json], _renamed(fact.args, people)),
        state=cast(Mapping[str, Json], _renamed(fact.state, people)),
    )
    return sealed(entity, decode(entity, fact) if entity.personal else fact, fact.state)


def _renamed(value: Json, people: People) -> Json:
    match value:
        case _ if not people:
            return value
        case str():
            return people.get(value, value)
        case list():
            return [_renamed(each, people) for each in value]
        case Mapping():
            return {key: _renamed(each, people) for key, each in value.items()}
    return value
