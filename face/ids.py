"""How clients name entities: by code, or by an id that is safe in a URL."""

from typing import Any

from cqrs.domain import Entity, NotFound
from cqrs.log import Log

PUBLIC_SEPARATOR = "~"
"""Stands for `#` in the ids that clients see: `#` would start a fragment in a URL (docs/adr/0003)."""

NAME_MOST = 500
"""Characters of an id or a code; what is longer names nothing."""


def public_id(id: str) -> str:
    """An id as clients see it."""
    return id.replace("#", PUBLIC_SEPARATOR)


def sk_of(log: Log, entity: Entity[Any, ...], name: str) -> str:
    """The sort key of what a client names by id or code. NotFound for another tenant's id, and for no name at all."""
    if len(name) > NAME_MOST or not name.isprintable():
        raise NotFound
    name = name.replace(PUBLIC_SEPARATOR, "#")
    if "#" not in name:
        return entity.sk_of(name)
    own = log.id(entity, "")
    if not name.startswith(own):
        raise NotFound
    return name.removeprefix(own)
