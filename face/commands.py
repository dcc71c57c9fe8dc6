"""From a request to a command: who asks, decided on which version, under which key."""

import hashlib
import re
from functools import partial
from typing import Protocol, cast

from django.db import connection
from django.http import HttpRequest
from rest_framework.request import Request

from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.sequences import Numbering
from cqrs.tasks import ring
from cqrs.writer import Once, Writer
from face.refusals import InvalidHeader, VersionRequired
from face.standing import check_standing

_ETAG = re.compile(r'"([0-9]{1,18})"')
_KEY = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,254}")


PREFER_WAIT_MOST = 5
"""Seconds for which `Prefer: wait=…` may ask."""


class Principal(Protocol):
    """Who asks, as authentication found out: a member of the tenant, or a key of it."""

    @property
    def actor(self) -> Actor: ...
    @property
    def tenant(self) -> str: ...
    @property
    def on_behalf_of(self) -> str: ...
    def may(self, permission: str, /) -> bool:
        """Whether role and scopes allow this, `todos:write` for one."""


def writer(request: HttpRequest, principal: Principal, *, source: str) -> Writer:
    """A writer into the principal's tenant, whose facts tell of this request. TenantSuspended, TenantHeld."""
    check_standing(principal.tenant)
    origin = Origin(
        actor=principal.actor,
        request_id=getattr(request, "request_id", ""),
        source=source,
        ip=request.META.get("REMOTE_ADDR", ""),
        on_behalf_of=principal.on_behalf_of,
    )
    return Writer(log_of(principal), origin, ring=ring, numbering=partial(_numbering, principal.tenant))


def principal_of(request: Request) -> Principal:
    """Who sent a request that was let in."""
    return cast(Principal, request.auth)


def log_of(principal: Principal) -> Log:
    """The log of the principal's tenant, and no other's. Whoever asks it waits without a connection to Postgres: there
    are fewer of them than requests."""
    give_back()
    return Log(store(), principal.tenant)


def give_back() -> None:
    """Return this thread's connection to the pool; the next query takes one again."""
    if not connection.in_atomic_block:
        connection.close()


def _numbering(tenant: str) -> Numbering:
    found = numbering_of(tenant)
    give_back()
    return found


def if_match(request: HttpRequest) -> int | str | None:
    """The version in `If-Match: "7"`, `"*"` for the latest, None where there is none. InvalidHeader."""
    value = request.headers.get("If-Match")
    if value is None or value.strip() == "*":
        return value and "*"
    if not (tag := _ETAG.fullmatch(value.strip())):
        raise InvalidHeader('If-Match takes a version in quotes, "7", or *.', header="If-Match")
    return int(tag[1])


def decided_on(request: Request, stated: int | None) -> int | None:
    """The version of If-Match or of the body; None for the latest. VersionRequired without one, InvalidHeader where
    the two differ."""
    matched = if_match(request)
    if matched is None and stated is None:
        raise VersionRequired
    if matched is not None and stated is not None and matched != stated:
        raise InvalidHeader("If-Match and the body name different versions.", header="If-Match")
    found = stated if matched is None else matched
    return found if isinstance(found, int) else None


def prefers_wait(request: Request) -> int:
    """Seconds that `Prefer: wait=2` (RFC 7240) asks a write to wait until its rows are visible; 0 where it does not."""
    match = re.search(r"\bwait=(\d{1,3})\b", request.headers.get("Prefer", ""))
    return min(int(match[1]), PREFER_WAIT_MOST) if match else 0


def once(request: HttpRequest, body: bytes, *, status: int) -> Once | None:
    """The request's Idempotency-Key with the digest of its method, path and body. InvalidHeader."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidHeader("An Idempotency-Key has 1 to 255 printable ASCII characters.", header="Idempotency-Key")
    digest = hashlib.sha256(b"\n".join([cast(str, request.method).encode(), request.path.encode(), body])).hexdigest()
    return Once(key, digest, status)
