"""A tenant's log filled from facts that already happened, elsewhere or before: put, and shown in their own order.

Nobody decides anything: no rule is asked, no counter refuses, and no reaction runs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import connection

from cqrs.codec import decode
from cqrs.domain import Count, Version
from cqrs.domain import Sequence as Numbered
from cqrs.progress import Tell, silent
from cqrs.projections import projection_of
from cqrs.projector import apply
from cqrs.projector.prepare import shown_versions
from cqrs.reactions import cursors
from cqrs.sequences import Key, Numbering, sequence_key
from cqrs.store import Fact, Store

CHUNK = 1000
"""Facts put, and shown, together."""


@dataclass
class Notes:
    """What is learnt of a tenant's facts while they pass, that no ledger tells: the limits they set, and how many
    gap-free numbers they took."""

    numbering: Numbering
    limits: dict[Count, int | None] = field(default_factory=dict)
    taken: Counter[Key] = field(default_factory=Counter)
    _before: dict[str, Version[Any]] = field(default_factory=dict)

    def note(self, fact: Fact) -> None:
        """The next fact, each entity's in the order of its versions. UnknownType."""
        entity = projection_of(fact.type).entity
        if entity.sets_limits:
            after = decode(entity, fact)
            self.limits |= entity.limits(self._before.get(fact.id), after)
            self._before[fact.id] = after
        if fact.version == 1 and isinstance(entity.code, Numbered) and not entity.code.fast:
            sequence = self.numbering.sequence(entity)
            codes = [read(decode(entity, fact).state) for read in sequence.codes]
            period = sequence.period(fact.at.astimezone(self.numbering.zone).date())
            self.taken[sequence_key(fact.tenant_code, fact.type, period=period, codes=codes)] += 1


def fill(tenant: str, facts: Iterable[Fact], *, store: Store, notes: Notes, total: int = 0, tell: Tell = silent) -> int:
    """Put these facts of the tenant into its log and show them. What is there already stays, so that whoever was
    stopped begins again. Returns how many there are. Whatever `apply` raises."""
    cursors.done_with(tenant)
    done, ahead = 0, Future[object]()
    ahead.set_result(None)
    with ThreadPoolExecutor(1) as pool:
        waiting: Sequence[Fact] = ()
        for chunk in batched(facts, CHUNK):
            for fact in chunk:
                notes.note(fact)
            ahead.result()
            fresh = _unshown(chunk)
            ahead = pool.submit(_load, store, fresh)  # the next is put while these are shown
            apply(waiting, store=store)
            waiting, done = fresh, done + len(chunk)
            tell("facts", done, max(done, total))
        ahead.result()
        apply(waiting, store=store)
    return done


def _load(store: Store, facts: Sequence[Fact]) -> None:
    """Put facts so that the log never holds a version without those below it, whenever it is read, and wherever this is
    stopped: whoever follows the stream meanwhile finds the whole of what a record leads to. Put together are facts of
    different entities only, for a batch is put in any order."""
    turns: defaultdict[int, list[Fact]] = defaultdict(list)
    seen = Counter[str]()
    for fact in facts:
        turns[seen[fact.id]].append(fact)
        seen[fact.id] += 1
    for turn in sorted(turns):
        store.load(turns[turn])


def _unshown(facts: Sequence[Fact]) -> list[Fact]:
    """Those that the tenant's journal has not."""
    with connection.cursor() as cursor:
        shown: Mapping[str, int] = shown_versions(cursor, {fact.id: fact.tenant_code for fact in facts})
    return [fact for fact in facts if fact.version > shown[fact.id]]
