"""Who has the keys. The composition root says so once a process, with `use`."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

ID_BYTES, KEY_BITS = 16, 512
"""Of a key: its name, random and nobody's; and its length, for AES-256-SIV."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """A person's key, by its id. `cipher` is None where it was destroyed: what it seals is lost at once."""

    id: str
    cipher: AESSIV | None


class Keys(Protocol):
    """Each tenant's keys of persons. Whoever is erased has no key, and gets no other."""

    def sealer(self, tenant: str, person: str) -> Sealer:
        """The key of a person, made unless there is one."""

    def openers(self, ids: Collection[str]) -> Mapping[str, Sealer]:
        """These keys; one that nobody knows is like one that was destroyed."""

    def erase(self, tenant: str, persons: Collection[str]) -> int:
        """Destroy these persons' keys for good, also of those who never had one. Returns how many were destroyed now.
        In this process it is so at once, elsewhere within seconds."""


class MemoryKeys:
    """Keys that are gone with the process: for tests."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._sealers: dict[str, Sealer] = {}

    def sealer(self, tenant: str, person: str) -> Sealer:
        id = self._ids.setdefault((tenant, person), new_id())
        return self._sealers.setdefault(id, Sealer(id, AESSIV(AESSIV.generate_key(KEY_BITS))))

    def openers(self, ids: Collection[str]) -> Mapping[str, Sealer]:
        return {id: self._sealers.get(id, Sealer(id, None)) for id in ids}

    def erase(self, tenant: str, persons: Collection[str]) -> int:
        ids = [self._ids.setdefault((tenant, person), new_id()) for person in persons]
        destroyed = sum(id in self._sealers and self._sealers[id].cipher is not None for id in ids)
        self._sealers |= {id: Sealer(id, None) for id in ids}
        return destroyed


class _Nobody:
    """Nothing was said: whoever needs a key learns it."""

    def sealer(self, tenant: str, person: str) -> Sealer:
        raise LookupError("nobody has keys of persons here: cqrs.personal.use")

    def openers(self, ids: Collection[str]) -> Mapping[str, Sealer]:
        raise LookupError("nobody has keys of persons here: cqrs.personal.use")

    def erase(self, tenant: str, persons: Collection[str]) -> int:
        raise LookupError("nobody has keys of persons here: cqrs.personal.use")


def new_id() -> str:
    """The id of a new key."""
    return secrets.token_urlsafe(ID_BYTES)


def keys() -> Keys:
    """The keys of this process."""
    return _used[0]


def use(found: Keys) -> Keys:
    """Have this process use these keys from now on. Returns those it used before."""
    before, _used[0] = _used[0], found
    return before


_used: list[Keys] = [_Nobody()]
