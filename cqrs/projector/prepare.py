"""What showing an entity would take: its versions without a gap, what each moved, and its row. Nothing is locked yet.

Rows and deltas are made here, outside the transaction: a row function that fails fails before anybody waits for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cqrs.codec import decode
from cqrs.domain import Deltas, Version
from cqrs.models import JournalLine, Row
from cqrs.projections import expect_all, projection_of
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import table_of
from cqrs.store import Fact, Store


class VersionMissing(Exception):
    """The log has a version and not one below it: it was lost, for whoever writes puts each above the one before."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One entity: the versions from the first not shown up to the newest delivered, the deltas of each, and the row of
    the newest (None for an entity that has none)."""

    facts: tuple[Fact, ...]
    deltas: Mapping[int, Deltas]
    row: Row | None

    @property
    def newest(self) -> Fact:
        return self.facts[-1]


def prepare(facts: Iterable[Fact], *, store: Store) -> list[Prepared]:
    """These facts by entity, without those shown already; a version missing below a delivered one is read from the log.

    Whatever a row function or `counts` raises; UnknownType.
    """
    by_entity: defaultdict[str, dict[int, Fact]] = defaultdict(dict)
    for fact in facts:
        by_entity[fact.id][fact.version] = fact
    with connection.cursor() as cursor:
        shown = shown_versions(cursor, {id: next(iter(got.values())).tenant_code for id, got in by_entity.items()})
    fresh = {id: got for id, got in by_entity.items() if max(got) > shown[id]}
    whole = [gapless(id, got, shown=shown[id], store=store) for id, got in fresh.items()]
    expect_all(fact for facts in whole for fact in facts)
    return [_prepared(facts, store) for facts in whole]


def shown_versions(cursor: CursorWrapper, ids: Mapping[str, str]) -> dict[str, int]:
    """The newest version in the journal of each entity, given with its tenant; 0 where there is none."""
    newest = "SELECT id, (SELECT max(version) FROM {} WHERE entity_id = id) FROM unnest(%s::text[]) id"
    by_tenant: defaultdict[str, list[str]] = defaultdict(list)
    for id, tenant in ids.items():
        by_tenant[tenant].append(id)
    each = [sql.SQL(newest).format(table_of(schema_of(tenant) or "", JournalLine)) for tenant in by_tenant]
    if not each:
        return {}
    cursor.execute(sql.SQL(" UNION ALL ").join(each), list(by_tenant.values()))
    return {id: version or 0 for id, version in cursor.fetchall()}


def gapless(id: str, got: dict[int, Fact], *, shown: int, store: Store) -> list[Fact]:
    """An entity's versions above `shown` up to the newest delivered, each once and in order. VersionMissing."""
    wanted = range(shown + 1, max(got) + 1)
    if any(version not in got for version in wanted):
        got |= {fact.version: fact for fact in store.history(id, after=shown, limit=len(wanted))}
    if missing := [version for version in wanted if version not in got]:
        raise VersionMissing(f"{id}@{missing[0]} is not in the log")
    return [got[version] for version in wanted]


def _prepared(facts: list[Fact], store: Store) -> Prepared:
    projection = projection_of(facts[0].type)
    return Prepared(tuple(facts), _deltas(facts, store), projection.shown(decode(projection.entity, facts[-1])))


def _deltas(facts: list[Fact], store: Store) -> dict[int, Deltas]:
    entity = projection_of(facts[0].type).entity
    if not entity.is_counted:
        return {}
    first = facts[0]
    below = store.read(first.id, first.version - 1) if first.version > 1 else None
    versions: list[Version[Any]] = [decode(entity, fact) for fact in facts]
    befores = [decode(entity, below) if below else None, *versions]
    return {after.version: entity.deltas(before, after) for before, after in zip(befores, versions, strict=False)}
