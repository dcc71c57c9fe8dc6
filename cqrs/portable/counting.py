"""The counters of a tenant whose log was filled: set to what its ledger, its limits and its numbers add up to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import batched
from uuid import uuid4

import orjson
from django.db import connection
from psycopg import sql

from cqrs.domain import Sequence as Numbered
from cqrs.domain import partition
from cqrs.models import Total
from cqrs.portable.fill import Notes
from cqrs.projections import PROJECTIONS
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import table_of
from cqrs.sequences import Key
from cqrs.store import ACTIONS_MOST, Move, Store
from cqrs.verify.counters import unshown_moves

type Things = Iterator[tuple[Key, Mapping[str, int]]]


def fast_numbers(tenant: str, *, store: Store) -> Mapping[str, int]:
    """By key within `SEQ#<tenant>`, the last number of each sequence that may have gaps: facts do not tell it."""
    types = {
        type
        for type, projection in PROJECTIONS.items()
        if isinstance(projection.entity.code, Numbered) and projection.entity.code.fast
    }
    counted = store.counters(partition("SEQ", tenant))
    return {key: tally["no"] for key, tally in counted if key.partition("#")[0] in types}


def count_again(tenant: str, notes: Notes, *, fast: Mapping[str, int], store: Store) -> int:
    """Set every counter of the tenant. Nobody else may move them meanwhile; done again it changes nothing. Returns how
    many things are counted."""
    things: defaultdict[Key, dict[str, int | None]] = defaultdict(dict)
    for thing, totals in _totals(tenant):
        things[thing] |= totals
    for (kind, key), deltas in unshown_moves(tenant, store).items():
        numbers = things[partition(kind, tenant), key]
        numbers |= {name: (numbers.get(name) or 0) + delta for name, delta in deltas.items()}
    for count, limit in notes.limits.items():
        things[partition(count.counter.kind, tenant), count.key][count.number] = limit
    things |= {key: {"no": number} for key, number in notes.taken.items()}
    things |= {(partition("SEQ", tenant), key): {"no": number} for key, number in fast.items()}
    for some in batched(things.items(), ACTIONS_MOST):
        store.write([Move(pk, sk, {}, sets=numbers) for (pk, sk), numbers in some], token=uuid4().hex)
    return len(things)


def _totals(tenant: str) -> Things:
    totals = sql.SQL("SELECT kind, key, jsonb_object_agg(number, total)::text FROM {} GROUP BY kind, key")
    with connection.cursor() as cursor:
        cursor.execute(totals.format(table_of(schema_of(tenant) or "", Total)))
        for kind, key, numbers in cursor.fetchall():
            yield (partition(kind, tenant), key), orjson.loads(numbers)
