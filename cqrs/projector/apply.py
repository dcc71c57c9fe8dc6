"""Shows a batch of facts, and sets apart what cannot be shown: the rest goes on.

A batch that fails is halved until one entity is left, which is parked; a tenant that is not ready is held; a fault that
passes is raised, and the whole batch comes again.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from cqrs.projections import UnknownType
from cqrs.projector.faults import is_not_ready, is_passing, told
from cqrs.projector.parking import hold, hold_tenant, park, refuse_while_tripped, set_apart
from cqrs.projector.prepare import prepare
from cqrs.projector.show import Commit, show
from cqrs.store import Fact, Store

SOON = "300ms"
"""How long the parts of a failed batch wait for a lock: by then somebody is known to be locked, and the others should
not wait for them."""


def nothing(cursor: CursorWrapper) -> None:
    """Nothing is committed beside what is shown."""


def apply(facts: Iterable[Fact], *, store: Store, commit: Commit = nothing, renew: Commit = nothing) -> int:
    """Show these facts, and `commit` (a checkpoint) in the same transaction. Returns the number of journal lines.

    Where that fails, they are shown in parts under `renew` (the lease alone), and `commit` comes last. Raises what
    passes, what `commit` or `renew` raise (they undo what they were to be committed with), and BreakerOpen.
    """
    facts = list(facts)
    apart = set_apart(facts)
    ready, waiting = [each for each in facts if each.id not in apart], [each for each in facts if each.id in apart]

    def commit_all(cursor: CursorWrapper) -> None:
        hold(cursor, waiting)
        commit(cursor)

    try:
        return show(prepare(ready, store=store), commit=commit_all)
    except Exception as error:
        if is_passing(error):
            raise
        refuse_while_tripped(error)
    lines = sum(_part(half, store=store, renew=renew) for half in _halves(ready))
    with transaction.atomic(), connection.cursor() as cursor:
        commit_all(cursor)
    return lines


def _part(facts: Sequence[Fact], *, store: Store, renew: Commit) -> int:
    try:
        return show(prepare(facts, store=store), commit=renew, lock_within=SOON)
    except Exception as error:
        if is_passing(error):
            raise
        if is_not_ready(error) and len({fact.tenant_code for fact in facts}) == 1:
            hold_tenant(facts, error=told(error), renew=renew)
        elif len({fact.id for fact in facts}) > 1:
            return sum(_part(half, store=store, renew=renew) for half in _halves(facts))
        else:
            _set_apart(facts, error, renew=renew)
    return 0


def _halves(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Half of the entities each, a tenant's beside each other."""
    ids = sorted({(fact.tenant_code, fact.id) for fact in facts})
    first = set(ids[: len(ids) // 2])
    yield [fact for fact in facts if (fact.tenant_code, fact.id) in first]
    yield [fact for fact in facts if (fact.tenant_code, fact.id) not in first]


def _set_apart(facts: Sequence[Fact], error: Exception, *, renew: Commit) -> None:
    """One entity. A type that only another release knows is no fault of the entity: it is held."""
    if isinstance(error, UnknownType):
        with transaction.atomic(), connection.cursor() as cursor:
            hold(cursor, facts, error=told(error))
            renew(cursor)
    else:
        park(facts, error=told(error), renew=renew)
