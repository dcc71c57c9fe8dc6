"""A slice of reacting: find who has something before them, take it, handle it in order, give it back."""

import os
import time
from collections.abc import Callable, Collection, Iterator

import structlog
from django.db import connection

from cqrs.dynamodb.store import store
from cqrs.projector.faults import Fenced, told
from cqrs.reactions import cursors, handlers, leases
from cqrs.reactions.cursors import Behind
from cqrs.reactions.handle import handle
from cqrs.reactions.leases import Lease
from cqrs.reactions.lines import Line, apart, read
from cqrs.reactions.registry import REACTIONS
from cqrs.stream.slices import name_of

SLICE = 2.0
"""Seconds after which a cursor is given back, so that others have their turn."""

DIED = "The process that handled it died."

_log = structlog.get_logger(__name__)


def react(*, ring: Callable[[], None] = lambda: None) -> int:
    """Let every handler catch up that can. Returns the number of facts handled."""
    handled = 0
    while done := [work(lease, ring=ring) for lease in take()]:
        handled += sum(done)
    return handled


def are_underway() -> bool:
    """Whether anybody handles something just now."""
    return bool(REACTIONS) and cursors.are_held(REACTIONS)


def take(names: Collection[str] | None = None) -> Iterator[Lease]:
    """Leases of cursors of these handlers, or of all, that have something to handle before them, as long as somebody
    asks for more. Nothing at all is asked of Postgres where there are no handlers."""
    names = REACTIONS if names is None else names
    if not names:
        return
    handlers.meet()
    wanted, idle = apart(cursors.behind(names))
    cursors.pass_by(idle)
    for each in wanted:
        if (lease := leases.claim(each, holder=name_of(os.getpid()))) and not _is_paused(lease, each):
            yield lease


def work(lease: Lease, *, ring: Callable[[], None], goes_on: Callable[[], bool] = lambda: True) -> int:
    """Handle what is before a cursor, for at most a slice, and give it back. Returns the number of facts handled."""
    until, handled = time.monotonic() + SLICE, 0
    try:
        while lease.position < lease.head and goes_on() and time.monotonic() < until:
            lines, upto = read(lease)
            for line in lines:
                if not _is_handled(lease, line, ring=ring):
                    return handled
                lease, handled = leases.advance(lease, line.position, at=line.fact.at), handled + 1
                if not goes_on() or time.monotonic() > until:
                    break
            else:
                lease = leases.advance(lease, upto)
        leases.release(lease)
    except Fenced:
        _log.warning("reaction's lease lost", tenant=lease.tenant, handler=lease.handler)
    finally:
        connection.close()
    return handled


def _is_handled(lease: Lease, line: Line, *, ring: Callable[[], None]) -> bool:
    """Whether a line is done with. An effect may take its time: no connection is kept from others meanwhile."""
    reaction = REACTIONS[lease.handler]
    if reaction.is_effect:
        connection.close()
    try:
        handle(line.fact, reaction, store=store(), ring=ring)
    except Exception as error:
        _fail(lease, line, attempts=lease.attempts + 1, error=told(error), exc_info=error)
        return False
    return True


def _is_paused(lease: Lease, before: Behind) -> bool:
    """Whether its holders keep dying: then it waits like what fails. A first death may be anybody's."""
    if lease.attempts <= max(before.attempts, 1):
        return False
    lines, _ = read(lease)
    if lines:
        _fail(lease, lines[0], attempts=lease.attempts, error=DIED)
    return bool(lines)


def _fail(lease: Lease, line: Line, *, attempts: int, error: str, exc_info: Exception | None = None) -> None:
    fact = f"{line.fact.id}@{line.fact.version}"
    pause = leases.fail(lease, position=line.position, attempts=attempts, fact=fact, error=error)
    where = {"tenant": lease.tenant, "handler": lease.handler, "fact": fact}
    _log.error("reaction failed", **where, error=error, attempts=attempts, again_in=str(pause), exc_info=exc_info)
