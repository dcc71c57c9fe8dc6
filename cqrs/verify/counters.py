"""The counters in DynamoDB beside the totals of the ledger, and beside their floors.

A counter has moved as soon as a command was accepted, also by an entity that is not shown: what it
moved is added to the total.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection
from psycopg import sql

from cqrs.codec import decode
from cqrs.domain import Count, Counter, partition
from cqrs.models import Total
from cqrs.projections import PROJECTIONS
from cqrs.projector.ledger import total_id
from cqrs.projector.prepare import shown_versions
from cqrs.projector.tables import table_of
from cqrs.store import Store, Tally
from cqrs.stream.models import Parked
from cqrs.verify.differences import Difference, Kind
from cqrs.verify.patience import Patience

CHUNK = 500
"""Totals read together."""

TOTALS = (
    'SELECT key, jsonb_object_agg(number, total)::text FROM {total} WHERE kind = %s AND key COLLATE "C" > %s'
    ' GROUP BY key ORDER BY key COLLATE "C" LIMIT %s'
)

type Thing = tuple[str, str]
"""A counted thing: its kind and its key."""


@dataclass(frozen=True, slots=True)
class Counters:
    """A tenant's counters, of the kinds given by their names."""

    tenant: str
    schema: str
    kinds: Mapping[str, Counter]
    store: Store

    def differences(self, patience: Patience) -> Iterator[Difference]:
        """What is different about them, one by one; each is looked at again before it is reported."""
        pending = unshown_moves(self.tenant, self.store)
        for kind, counter in self._all_kinds(pending).items():
            pk = partition(kind, self.tenant)
            for key, tally, totals in _beside(self.store.counters(pk), _totals(self.schema, kind)):
                if self._compared(counter, key, tally, totals, pending):
                    yield from patience.look(partial(self._look, counter, key))

    def _look(self, counter: Counter, key: str) -> list[Difference]:
        """One of them again. It may move between the two reads: then it is looked at once more."""
        pending = unshown_moves(self.tenant, self.store)
        totals = _total(self.schema, counter.kind, key)
        tally = self.store.counter(partition(counter.kind, self.tenant), key)
        return self._compared(counter, key, tally, totals, pending)

    def _compared(
        self, counter: Counter, key: str, tally: Tally, totals: Tally, pending: Mapping[Thing, Tally]
    ) -> list[Difference]:
        found, moved = list[Difference](), pending.get((counter.kind, key), {})
        limits = set(counter.limits.values())
        for number in sorted({*tally, *totals, *moved} - limits):
            want, there = totals.get(number, 0) + moved.get(number, 0), tally.get(number, 0)
            id = total_id(counter.at(key, number))
            if want != there:
                found.append(Difference(Kind.COUNTER, self.tenant, id, None, str(want), str(there)))
            if there < (floor := counter.floors.get(number, there)):
                found.append(Difference(Kind.FLOOR, self.tenant, id, None, f"at least {floor}", str(there)))
        return found

    def _all_kinds(self, pending: Mapping[Thing, Tally]) -> Mapping[str, Counter]:
        """The kinds given, and whatever else moved; of that no floor is known."""
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT DISTINCT kind FROM {}").format(table_of(self.schema, Total)))
            moved = {kind for (kind,) in cursor.fetchall()} | {kind for kind, _ in pending}
        return {kind: Counter(kind) for kind in sorted(moved)} | dict(self.kinds)


def _totals(schema: str, kind: str) -> Iterator[tuple[str, Tally]]:
    """The totals of a kind in the order of their keys, as DynamoDB has it."""
    after = ""
    while found := _rows(sql.SQL(TOTALS).format(total=table_of(schema, Total)), [kind, after, CHUNK]):
        yield from ((key, orjson.loads(totals)) for key, totals in found)
        after = found[-1][0]


def _total(schema: str, kind: str, key: str) -> Tally:
    one = "SELECT number, total FROM {} WHERE kind = %s AND key = %s"
    return dict(_rows(sql.SQL(one).format(table_of(schema, Total)), [kind, key]))


def _rows(statement: sql.Composed, values: list[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _beside(
    counters: Iterable[tuple[str, Tally]], totals: Iterable[tuple[str, Tally]]
) -> Iterator[tuple[str, Tally, Tally]]:
    """Both by key, each in the order of UTF-8; what one of them lacks is empty."""
    one, other = (((key.encode(), side, each) for key, each in found) for side, found in enumerate((counters, totals)))
    for key, group in groupby(merge(one, other, key=itemgetter(0, 1)), key=itemgetter(0)):
        found = {side: each for _, side, each in group}
        yield key.decode(), found.get(0, {}), found.get(1, {})


def unshown_moves(tenant: str, store: Store) -> Mapping[Thing, Tally]:
    """What the versions that are not shown have moved."""
    ids = Parked.objects.filter(tenant_code=tenant).values_list("entity_id", flat=True)
    counted = [id for id in ids if (at := PROJECTIONS.get(id.partition("#")[0])) and at.entity.is_counted]
    with connection.cursor() as cursor:
        shown = shown_versions(cursor, dict.fromkeys(counted, tenant))
    moved: defaultdict[Thing, dict[str, int]] = defaultdict(dict)
    for id, version in shown.items():
        for count, delta in _moved(id, version, store):
            numbers = moved[count.counter.kind, count.key]
            numbers[count.number] = numbers.get(count.number, 0) + delta
    return moved


def _moved(id: str, shown: int, store: Store) -> Iterator[tuple[Count, int]]:
    entity, before = PROJECTIONS[id.partition("#")[0]].entity, None
    for fact in store.history(id, after=max(shown - 1, 0)):
        after = decode(entity, fact)
        if fact.version > shown:
            yield from entity.deltas(before, after).items()
        before = after
