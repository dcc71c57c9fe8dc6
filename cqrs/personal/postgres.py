"""Keys kept in Postgres, wrapped by a master key, remembered for some seconds: so soon an erasure is heard of
everywhere."""

import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection
from django.db.models.functions import Now

from cqrs.personal.keys import KEY_BITS, Sealer, new_id
from cqrs.personal.models import PersonKey

REMEMBERED_FOR = 3.0
"""Seconds for which another process may still use a key that was destroyed."""

REMEMBERED_MOST = 50_000
"""Keys a process remembers."""

type Whose = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    sealer: Sealer
    until: float


class PostgresKeys:
    """See `Keys`. Within a transaction a key is made on a connection of its own: it stays, whatever becomes of the
    transaction, for what it sealed stays too. All else is asked on the caller's connection: who held one and waited for
    another would wait for ever, if everybody did."""

    def __init__(self, master: str, *, remembered_for: float = REMEMBERED_FOR) -> None:
        derived = HKDF(SHA256(), KEY_BITS // 8, salt=None, info=b"tenfold: keys of persons").derive(master.encode())
        self._master, self._remembered_for = AESSIV(derived), remembered_for
        self._by_id: dict[str, _Known] = {}
        self._by_person: dict[Whose, _Known] = {}
        self._lock = threading.Lock()

    def sealer(self, tenant: str, person: str) -> Sealer:
        known = self._by_person.get((tenant, person))
        if known and known.until > time.monotonic():
            return known.sealer
        [found] = self._ask(lambda: [_of(tenant, person) or _apart(lambda: self._made(tenant, person))])
        return found

    def openers(self, ids: Collection[str]) -> Mapping[str, Sealer]:
        now = time.monotonic()
        known = {id: each.sealer for id in ids if (each := self._by_id.get(id)) and each.until > now}
        missing = [id for id in ids if id not in known]
        if missing:
            found = self._ask(lambda: list(PersonKey.objects.filter(pk__in=missing)))
            known |= {id: Sealer(id, None) for id in missing} | {each.id: each for each in found}
        return known

    def erase(self, tenant: str, persons: Collection[str]) -> int:
        never = [PersonKey(id=new_id(), tenant_code=tenant, person=each, erased_at=Now()) for each in persons]
        PersonKey.objects.bulk_create(never, ignore_conflicts=True)
        living = PersonKey.objects.filter(tenant_code=tenant, person__in=persons, wrapped__isnull=False)
        destroyed = living.update(wrapped=None, erased_at=Now())
        self.forget()
        return destroyed

    def forget(self) -> None:
        """Ask Postgres again for every key."""
        with self._lock:
            self._by_id.clear()
            self._by_person.clear()

    def _ask(self, look: Callable[[], list[PersonKey]]) -> list[Sealer]:
        begun = time.monotonic()  # before it is looked: what is destroyed meanwhile is not remembered for longer
        return [self._remembered(row, begun + self._remembered_for) for row in look()]

    def _remembered(self, row: PersonKey, until: float) -> Sealer:
        key = self._master.decrypt(b64decode(row.wrapped), [_label(row)]) if row.wrapped else None
        known = _Known(Sealer(row.id, AESSIV(key) if key else None), until)
        with self._lock:
            if len(self._by_id) >= REMEMBERED_MOST:
                self._by_id.clear()
                self._by_person.clear()
            self._by_id[row.id] = self._by_person[row.tenant_code, row.person] = known
        return known.sealer

    def _made(self, tenant: str, person: str) -> PersonKey:
        """Of two who make one at once, the first has made it."""
        row = PersonKey(id=new_id(), tenant_code=tenant, person=person)
        row.wrapped = b64encode(self._master.encrypt(AESSIV.generate_key(KEY_BITS), [_label(row)])).decode()
        PersonKey.objects.bulk_create([row], ignore_conflicts=True)
        made = _of(tenant, person)
        assert made, "a key is never deleted"
        return made


def _of(tenant: str, person: str) -> PersonKey | None:
    return PersonKey.objects.filter(tenant_code=tenant, person=person).first()


def _apart[T](make: Callable[[], T]) -> T:
    """What is made, and committed, whatever transaction is open here."""
    if not connection.in_atomic_block:
        return make()
    with ThreadPoolExecutor(1, thread_name_prefix="keys") as apart:  # not kept: a process that forks would lose it
        return apart.submit(copy_context().run, lambda: _given_back(make)).result()  # with what time is left


def _given_back[T](make: Callable[[], T]) -> T:
    try:
        return make()
    finally:
        connection.close()


def _label(row: PersonKey) -> bytes:
    """What a wrapped key is bound to: it opens in no other's place."""
    return f"{row.id} {row.tenant_code} {row.person}".encode()
