"""One entity: all its versions in the log beside its journal lines and its row."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, takewhile

from django.db import connection
from psycopg import sql

from cqrs.models import JournalLine, Row
from cqrs.projections import PROJECTIONS, row_of
from cqrs.projector.faults import told as told_error
from cqrs.projector.lines import line_of
from cqrs.projector.tables import table_of, values_of
from cqrs.store import Fact, Store
from cqrs.stream.models import Parked
from cqrs.verify.compare import differing, told
from cqrs.verify.differences import Difference, Kind
from cqrs.verify.survey import read_models

BATCH = 200
"""Versions compared together."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in Postgres of an entity, at one instant: versions in the journal, the row's version by model."""

    lines: frozenset[int]
    rows: Mapping[type[Row], int]

    @property
    def newest(self) -> int:
        return max(self.lines, default=0)


@dataclass(frozen=True, slots=True)
class Suspect:
    """An entity to look at. `schema` is None where its tenant has none; what is set apart is shown up to some version,
    and rightly not further."""

    id: str
    tenant: str
    schema: str | None
    is_apart: bool

    def difference(self, kind: Kind, version: int | None, expected: str, found: str) -> Difference:
        return Difference(kind, self.tenant, self.id, version, expected, found)


def suspects(ids: Sequence[str], *, tenant: str, schema: str | None) -> list[Suspect]:
    """These entities of a tenant, with what is known of each."""
    apart = set(Parked.objects.filter(entity_id__in=ids).values_list("entity_id", flat=True))
    return [Suspect(id, tenant, schema, id in apart) for id in ids]


def due(suspect: Suspect, *, store: Store) -> int:
    """The newest version there is now: what comes after it need not be shown yet when it is looked at."""
    newest = store.read(suspect.id)
    return newest.version if newest else 0


def look(suspect: Suspect, *, store: Store, due: int) -> list[Difference]:
    """What is different about an entity up to the version that is due. Postgres is read first: nothing is there which
    the log lacks as yet."""
    if suspect.schema is None:
        what = "a tenant with a schema, or an entity that is held"
        return [] if suspect.is_apart else [suspect.difference(Kind.NO_TENANT, None, what, "neither")]
    shown = _shown(suspect.id, suspect.schema)
    found, known = list[Difference](), list[int]()
    for batch in batched(takewhile(lambda fact: fact.version <= due, store.history(suspect.id)), BATCH):
        found += _lines(suspect, suspect.schema, shown, batch)
        known += [fact.version for fact in batch]
    every = range(1, due + 1)
    found += [suspect.difference(Kind.LOG_GAP, each, "a version", "none") for each in sorted({*every} - {*known})]
    unknown = [each for each in sorted(shown.lines - {*every}) if store.read(suspect.id, each) is None]
    found += [suspect.difference(Kind.LINE_UNKNOWN, each, "no such version", "a line") for each in unknown]
    return found + list(_row(suspect, suspect.schema, shown, due, store))


def _lines(suspect: Suspect, schema: str, shown: Shown, facts: Collection[Fact]) -> list[Difference]:
    due = [fact for fact in facts if fact.version <= shown.newest or not suspect.is_apart]
    lines = ({name: value for name, value in line_of(fact, 0).items() if name != "position"} for fact in due)
    with connection.cursor() as cursor:
        found = differing(cursor, schema, JournalLine, lines, key=["entity_id", "version"])
    return [
        suspect.difference(Kind.LINE_DIFFERS, want["version"], *told(want, there))
        if there
        else suspect.difference(Kind.LINE_MISSING, want["version"], str(want["fact"]), "no line")
        for want, there in found
    ]


def _row(suspect: Suspect, schema: str, shown: Shown, due: int, store: Store) -> Iterator[Difference]:
    projection = PROJECTIONS.get(suspect.id.partition("#")[0])
    model = projection.model if projection and due else None
    for other, version in shown.rows.items():
        if other is not model:
            yield suspect.difference(Kind.ROW_UNKNOWN, version, "no row", f"a row in {other._meta.db_table}")
    wanted = shown.newest if suspect.is_apart else due
    if model is None or not wanted:
        return
    there = shown.rows.get(model)
    if there is None:
        yield suspect.difference(Kind.ROW_MISSING, wanted, "a row", "none")
    elif there < min(wanted, shown.newest) or (fact := store.read(suspect.id, there)) is None:
        yield suspect.difference(Kind.ROW_VERSION, wanted, f"version {wanted}", f"version {there}")
    else:
        yield from _content(suspect, schema, model, fact)


def _content(suspect: Suspect, schema: str, model: type[Row], fact: Fact) -> Iterator[Difference]:
    try:
        row = row_of(fact)
    except Exception as error:  # whatever a row function raises
        if not suspect.is_apart:  # else the old row stays, rightly
            yield suspect.difference(Kind.ROW_FAILS, fact.version, "a row", told_error(error))
        return
    assert row is not None
    with connection.cursor() as cursor:
        for want, there in differing(cursor, schema, model, [values_of(row)], key=["id"]):
            if there and there["version"] == fact.version:  # else it was replaced, or is gone, this very moment
                yield suspect.difference(Kind.ROW_DIFFERS, fact.version, *told(want, there))


def _shown(id: str, schema: str) -> Shown:
    """One statement, which is one instant."""
    models = read_models()
    row = sql.SQL("(SELECT version FROM {} WHERE id = %(id)s)")
    columns = [sql.SQL("ARRAY(SELECT version FROM {} WHERE entity_id = %(id)s)").format(table_of(schema, JournalLine))]
    columns += [row.format(table_of(schema, model)) for model in models]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(columns), {"id": id})
        lines, *versions = cursor.fetchone()
    rows = {model: version for model, version in zip(models, versions, strict=True) if version is not None}
    return Shown(frozenset(lines), rows)
