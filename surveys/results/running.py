"""The count of all responses to a survey, kept in memory and carried on: what has come since the last look is counted,
not what was there. The journal says what that is: its lines are in the order in which readers learn of them.

Where rows are made again, as they are when a person is erased, the table is another one, and so is the count.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max

from cqrs.models import JournalLine
from surveys.domain import RESPONSE
from surveys.models import ResponseRow
from surveys.queries import responses_to
from surveys.results.counting import Tally, tally

KEPT = 3600
"""Seconds that a count is remembered after it last changed."""

NEW_MOST = 5_000
"""Responses that are counted on top; above, counting anew is as quick."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A count, the questions whose answers it tells apart, the position in the journal up to which it goes, and the
    table whose rows it counts, as Postgres knows it."""

    tally: Tally
    apart: frozenset[str]
    position: int
    table: int


def running_tally(survey: str, *, one_by_one: Collection[str]) -> Tally:
    """The count of all responses to a survey that are shown, in the time that the new ones take."""
    key, apart = f"survey-tally:{survey}", frozenset(one_by_one)
    kept: Kept | None = cache.get(key)
    is_good = kept is not None and kept.apart == apart and kept.table == _table()
    found = _carried_on(survey, kept) if kept and is_good else None
    found = found or _anew(survey, apart)
    if found is not kept:
        cache.set(key, found, KEPT)
    return found.tally


def _anew(survey: str, apart: frozenset[str]) -> Kept:
    """Rows and position of one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        table = _table()  # before its rows are read: were it replaced in between, the next look would count anew
        return Kept(tally(responses_to(survey), one_by_one=apart), apart, _position(), table)


def _carried_on(survey: str, kept: Kept) -> Kept | None:
    """With what has come since; None where that is too much, or where the journal began anew."""
    now = _position()
    if now <= kept.position:
        return kept if now == kept.position else None
    new = JournalLine.objects.filter(position__gt=kept.position, position__lte=now, type=RESPONSE.type)
    ids = list(new.values_list("entity_id", flat=True)[: NEW_MOST + 1])
    if len(ids) > NEW_MOST:
        return None
    more = tally(responses_to(survey).filter(id__in=ids), one_by_one=kept.apart) if ids else Tally()
    return replace(kept, tally=kept.tally.plus(more), position=now)


def _table() -> int:
    """Rows that are made again are so in a new table, which takes the place and the name of the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::regclass::oid", [ResponseRow._meta.db_table])
        return int(cursor.fetchone()[0])


def _position() -> int:
    return JournalLine.objects.aggregate(last=Max("position"))["last"] or 0
