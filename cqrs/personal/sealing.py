"""From a version to the fact that is kept: what is personal in it is sealed.

AES-SIV gives the same bytes for the same value in the same place, so that a command that is sent again, or a log that
is filled again, is the same to the byte. Its authenticated data is the place, `<entity id>@<field>`.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import orjson

from cqrs.domain import Entity, Json, Version
from cqrs.personal.keys import Sealer, keys

type Kept = Version[Mapping[str, Json]]

MARK = "~"
"""What a sealed value begins with: `~<id of the key>.<ciphertext>`, empty where the key was destroyed already."""

_SEALED = re.compile(rf"{MARK}(?P<key>[\w-]{{22}})\.(?P<text>[\w-]*=*)", re.ASCII)


def sealed[S](entity: Entity[S, ...], version: Version[S], state: Mapping[str, Json]) -> Kept:
    """A version as it is kept, given its state as JSON too. What is empty, or nobody's, stays as it is."""
    changes: dict[str, Any] = {"state": state}
    if version.ip and version.by:
        changes["ip"] = _sealed(version.ip, version.by, version, "ip")
    if entity.personal:
        changes["state"], changes["args"] = _fields(entity, version, state)
    return cast(Kept, replace(version, **changes))


def key_of(value: Json) -> str | None:
    """The id of the key that sealed this value; None where it is not sealed."""
    found = _SEALED.fullmatch(value) if isinstance(value, str) and value.startswith(MARK) else None
    return found["key"] if found else None


def unsealed(value: str, sealer: Sealer, place: str) -> Json:
    """The value. LookupError where it is lost; cryptography's InvalidTag where it was sealed for another place."""
    text = value.partition(".")[2]
    if sealer.cipher is None or not text:
        raise LookupError(sealer.id)
    found: Json = orjson.loads(sealer.cipher.decrypt(urlsafe_b64decode(text), [place.encode()]))
    return found


def place_of(version: Version[Any], field: str) -> str:
    """Where a field stands, as it is authenticated."""
    return f"{version.id}@{field}"


def _fields[S](
    entity: Entity[S, ...], version: Version[S], state: Mapping[str, Json]
) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """State and arguments, with what is somebody's in them sealed."""
    state, args = dict(state), dict(version.args)
    for field, whose in entity.personal.items():
        if person := whose(version.state):
            state[field] = _sealed(state[field], person, version, field)
            if field in args:
                args[field] = _sealed(args[field], person, version, f"args.{field}")
    return state, args


def _sealed(value: Json, person: str, version: Version[Any], field: str) -> Json:
    if value in (None, "", [], {}):
        return value
    sealer = keys().sealer(version.tenant_code, person)
    if sealer.cipher is None:
        return f"{MARK}{sealer.id}."
    text = sealer.cipher.encrypt(orjson.dumps(value), [place_of(version, field).encode()])
    return f"{MARK}{sealer.id}.{urlsafe_b64encode(text).decode()}"
