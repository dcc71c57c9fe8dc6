"""A fact of one tenant as a fact of another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from cqrs.domain import Json
from cqrs.store import Fact

type People = Mapping[str, str]
"""Who is called otherwise where the fact goes: by `user:7`, `user:12`."""


def moved(fact: Fact, *, tenant: str, people: People) -> Fact:
    """The same fact of the other tenant. States refer by sort keys, which stay; a member's id is changed wherever it
    stands, by itself, in actors, arguments and state."""
    if not people:
        return replace(fact, tenant_code=tenant)
    return replace(
        fact,
        tenant_code=tenant,
        by=people.get(fact.by, fact.by),
        created_by=people.get(fact.created_by, fact.created_by),
        args=cast(Mapping[str, Json], _renamed(fact.args, people)),
        state=cast(Mapping[str, Json], _renamed(fact.state, people)),
    )


def _renamed(value: Json, people: People) -> Json:
    match value:
        case str():
            return people.get(value, value)
        case list():
            return [_renamed(each, people) for each in value]
        case Mapping():
            return {key: _renamed(each, people) for key, each in value.items()}
    return value
