"""From a fact as it is kept to one that can be read: what is sealed is opened; what is lost says that it was erased."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, get_type_hints

from cqrs.domain import Entity, Json, Version
from cqrs.domain.personal import ERASED, placeholder
from cqrs.personal.keys import keys
from cqrs.personal.sealing import Kept, key_of, place_of, unsealed

__all__ = ["ERASED", "expect", "opened", "opened_ip"]


def opened(entity: Entity[Any, ...], fact: Kept) -> Kept:
    """The fact with its personal fields in its state and arguments open; its `ip` stays sealed, see `opened_ip`."""
    if not entity.personal:
        return fact
    state, args = dict(fact.state), dict(fact.args)
    for field in entity.personal:
        if field in state:
            state[field] = _opened(state[field], fact, field, lost=_lost(entity, field))
        if field in args:
            args[field] = _opened(args[field], fact, f"args.{field}", lost=ERASED)
    return replace(fact, state=state, args=args)


def opened_ip(version: Version[Any]) -> str:
    """The address that a version's command came from."""
    return str(_opened(version.ip, version, "ip", lost=ERASED))


def expect(facts: Iterable[Kept], entity: Entity[Any, ...]) -> None:
    """These facts of one type are to be opened: have their keys at hand, asked for together."""
    if entity.personal:
        found = (key_of(fact.state.get(field)) for fact in facts for field in entity.personal)
        keys().openers({id for id in found if id})


def _opened(value: Json, fact: Version[Any], field: str, *, lost: Json) -> Json:
    id = key_of(value)
    if id is None:
        return value
    try:
        return unsealed(str(value), keys().openers([id])[id], place_of(fact, field))
    except LookupError:
        return lost


@cache
def _lost(entity: Entity[Any, ...], field: str) -> Any:
    return placeholder(get_type_hints(entity.state)[field])
