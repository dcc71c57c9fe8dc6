"""Who moves a cursor: leases in Postgres, by Postgres' clock, fenced by an epoch. No lock is held between two calls."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Greatest, Now

from cqrs.projector.faults import Fenced
from cqrs.reactions.cursors import Behind
from cqrs.reactions.models import Cursor

LEASE = timedelta(seconds=5)
"""How long a cursor stays with a process that shows no sign of life."""

RETRY_MOST = timedelta(hours=4)
"""The longest pause between two attempts."""


@dataclass(frozen=True, slots=True)
class Lease(Behind):
    """A cursor that is ours to move, as long as `epoch` is its epoch; facts up to `since` are done with."""

    epoch: int
    since: datetime | None


def claim(found: Behind, *, holder: str) -> Lease | None:
    """The lease of a cursor, unless another was quicker. A holder that ended without giving it back counts as an
    attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.reaction_cursor AS own (tenant_code, handler, holder, epoch, next_at)"
            " VALUES (%s, %s, %s, 1, now() + make_interval(secs => %s))"
            " ON CONFLICT (tenant_code, handler) DO UPDATE SET"
            " attempts = own.attempts + (own.holder <> '')::int, epoch = own.epoch + 1,"
            " holder = EXCLUDED.holder, next_at = EXCLUDED.next_at WHERE own.next_at <= now()"
            " RETURNING position, attempts, epoch, since",
            [found.tenant, found.handler, holder, LEASE.total_seconds()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    position, attempts, epoch, since = row
    return Lease(found.tenant, found.handler, position, found.head, attempts, epoch, since)


def renew(leases: Iterable[Lease]) -> None:
    """Show a sign of life of whoever works on these."""
    for lease in leases:
        _held(lease).exclude(holder="").update(next_at=Now() + LEASE)


def advance(lease: Lease, position: int, *, at: datetime | None = None) -> Lease:
    """Everything up to this position is handled, the last a fact of that time, if any was. Fenced."""
    seen = {"seen_at": Greatest("seen_at", Value(at))} if at else {}
    _change(lease, **_moved(position), **seen, attempts=0, fact="", error="", next_at=Now() + LEASE)
    return replace(lease, position=position, attempts=0)


def release(lease: Lease) -> None:
    """Give a cursor back. Fenced."""
    _change(lease, holder="", next_at=Now())


def fail(lease: Lease, *, position: int, fact: str, attempts: int, error: str) -> timedelta:
    """Give a cursor back before a line that could not be handled, for the `attempts`-th time. Returns the pause after
    which it is tried again. Fenced."""
    pause, told = pause_after(attempts), {"attempts": attempts, "fact": fact, "error": error}
    _change(lease, **_moved(position - 1), **told, holder="", next_at=Now() + pause)
    return pause


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 1 s, 2 s, 4 s … and up to as much again, so that what failed together is
    not tried together."""
    pause = min(timedelta(seconds=2 ** min(attempts - 1, 20)), RETRY_MOST / 2)
    return pause * (1 + secrets.randbelow(1000) / 1000)


def _moved(position: int) -> dict[str, object]:
    return {"position": Greatest("position", Value(position))}


def _change(lease: Lease, **changes: object) -> None:
    if not _held(lease).update(**changes):
        raise Fenced(f"{lease.handler} in {lease.tenant}")


def _held(lease: Lease) -> QuerySet[Cursor]:
    return Cursor.objects.filter(tenant_code=lease.tenant, handler=lease.handler, epoch=lease.epoch)
