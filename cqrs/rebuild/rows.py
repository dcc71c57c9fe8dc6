"""What fills a table that is made again: heads from the log, then what the journal says came after."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from cqrs.models import JournalLine, Row
from cqrs.projections import PROJECTIONS, expect_all, row_of
from cqrs.projector.lines import COLUMNS, fact_of
from cqrs.projector.tables import Clash, columns_of, put, table_of, values_of
from cqrs.store import Fact, Store
from cqrs.stream.models import Parked

HEADS = 1000
"""Entities whose newest version is looked up together."""

CHUNK = 100
"""Versions read from the log, and rows written, together."""

LINES = 500
"""Journal lines caught up with together."""

READERS = 2
"""Requests to the log under way at once."""

type Key = tuple[str, int]


class RowFails(Exception):
    """The row of an entity that is not set apart cannot be made."""


class VersionLost(Exception):
    """The journal has a version that the log has not. `verify` says more."""


@dataclass(frozen=True, slots=True)
class Table:
    """One read model of one tenant, to be filled in another schema than its own."""

    model: type[Row]
    tenant: str
    live: str
    shadow: str

    @property
    def types(self) -> list[str]:
        """The entity types it shows."""
        return [type for type, projection in PROJECTIONS.items() if projection.model is self.model]

    def about(self) -> int:
        """How many entities there are to show."""
        count = sql.SQL("SELECT count(*) FROM {} WHERE type = ANY(%s) AND version = 1")
        with connection.cursor() as cursor:
            cursor.execute(count.format(table_of(self.live, JournalLine)), [self.types])
            found: int = cursor.fetchone()[0]
        return found

    def fill(
        self, store: Store, *, upto: int | None = None, at: datetime | None = None, tell: Callable[[int], None]
    ) -> None:
        """Put the row of each entity's newest version, up to a position in the journal, or of a time. Tells how many
        rows were put with each chunk. RowFails, VersionLost."""
        if not self.types:
            return
        with ThreadPoolExecutor(READERS) as pool:
            for facts in _ahead(pool, lambda keys: _read(keys, store), batched(self._heads(upto, at), CHUNK)):
                with connection.cursor() as cursor:
                    self._put(cursor, facts)
                tell(len(facts))

    def catch_up(self, cursor: CursorWrapper, *, after: int, upto: int) -> None:
        """Put what the journal's lines between two positions say."""
        for start in range(after, upto, LINES):
            newest = {fact.id: fact for fact in self._lines(cursor, start, min(start + LINES, upto))}
            self._put(cursor, list(newest.values()), clash=Clash.REPLACED_IF_OLDER)

    def _put(self, cursor: CursorWrapper, facts: Sequence[Fact], *, clash: Clash = Clash.FAILS) -> None:
        rows, failed = list[Row](), dict[str, Exception]()
        expect_all(facts)
        for fact in facts:
            try:
                row = row_of(fact)
            except Exception as error:  # whatever a row function raises
                failed[fact.id] = error
            else:
                assert row is not None
                rows.append(row)
        put(cursor, self.shadow, self.model, map(values_of, rows), clash=clash)
        if failed:
            self._carry_over(cursor, failed)

    def _carry_over(self, cursor: CursorWrapper, failed: dict[str, Exception]) -> None:
        """What is parked or discarded keeps the row it has."""
        apart = set(Parked.objects.filter(entity_id__in=failed).values_list("entity_id", flat=True))
        for id, error in failed.items():
            if id not in apart:
                raise RowFails(f"{id}: {error}") from error
        columns = sql.SQL(", ").join(map(sql.Identifier, columns_of(self.model)))
        names = {"shadow": table_of(self.shadow, self.model), "live": table_of(self.live, self.model)}
        copy = "INSERT INTO {shadow} ({columns}) SELECT {columns} FROM {live} WHERE id = ANY(%s) ON CONFLICT DO NOTHING"
        cursor.execute(sql.SQL(copy).format(columns=columns, **names), [list(failed)])

    def _heads(self, upto: int | None, at: datetime | None) -> Iterator[Key]:
        statement = sql.SQL(
            "SELECT entity_id, max(version) FROM {} WHERE type = ANY(%s) AND entity_id > %s"
            " AND position <= coalesce(%s, position) AND at <= coalesce(%s, at)"
            " GROUP BY entity_id ORDER BY entity_id LIMIT %s"
        ).format(table_of(self.live, JournalLine))
        after = ""
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, [self.types, after, upto, at, HEADS])
                found: list[Key] = cursor.fetchall()
            yield from found
            if len(found) < HEADS:
                return
            after = found[-1][0]

    def _lines(self, cursor: CursorWrapper, after: int, upto: int) -> Iterator[Fact]:
        columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        wanted = "SELECT {} FROM {} WHERE position > %s AND position <= %s AND type = ANY(%s) ORDER BY position"
        statement = sql.SQL(wanted).format(columns, table_of(self.live, JournalLine))
        cursor.execute(statement, [after, upto, self.types])
        return (fact_of(dict(zip(COLUMNS, line, strict=True))) for line in cursor.fetchall())


def _read(keys: Sequence[Key], store: Store) -> list[Fact]:
    facts = store.read_many(keys)
    if lost := {*keys} - {(fact.id, fact.version) for fact in facts}:
        raise VersionLost(", ".join(f"{id}@{version}" for id, version in sorted(lost)))
    return facts


def _ahead[A, B](pool: ThreadPoolExecutor, work: Callable[[A], B], given: Iterable[A]) -> Iterator[B]:
    """What `work` makes of each, in order, some of them under way while one is used."""
    under_way = deque[Future[B]]()
    for each in given:
        under_way.append(pool.submit(work, each))
        if len(under_way) > READERS:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
