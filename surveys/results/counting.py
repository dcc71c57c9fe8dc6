"""How often each answer was given to each version: counted by Postgres, in one pass over the responses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from surveys.models import ResponseRow

_ANSWERS = """
    SELECT r.number, e.key, CASE WHEN e.key = ANY(%s) THEN e.value::text ELSE '' END AS answer, count(*)
    FROM ({rows}) AS r, LATERAL jsonb_each(r.answers) AS e(key, value) GROUP BY 1, 2, 3
"""
_EMPTY = """
    SELECT r.number, u.key, count(*)
    FROM ({rows}) AS r, LATERAL unnest(r.unanswered) AS u(key) GROUP BY 1, 2
"""

type Key = tuple[int, str]
"""The number of a version, and the id of a question."""


@dataclass(frozen=True, slots=True)
class Tally:
    """`responses` to each version; of each question in each version the answers, as JSON texts, each with how often it
    was given, and how often it was left empty. Answers that are not counted one by one are counted under no text."""

    responses: Mapping[int, int] = field(default_factory=dict)
    answers: Mapping[Key, Mapping[str, int]] = field(default_factory=dict)
    empty: Mapping[Key, int] = field(default_factory=dict)

    def given(self, key: Key) -> int:
        """How many answers a question has in a version."""
        return sum(self.answers.get(key, {}).values())

    def plus(self, more: "Tally") -> "Tally":
        """The count of both."""
        answers = {key: dict(_added(self.answers.get(key, {}), each)) for key, each in more.answers.items()}
        return Tally(
            _added(self.responses, more.responses), {**self.answers, **answers}, _added(self.empty, more.empty)
        )


def tally(rows: QuerySet[ResponseRow], *, one_by_one: Collection[str]) -> Tally:
    """The count of these responses; answers to the questions `one_by_one` are told apart."""
    found = rows.order_by()
    responses = dict(found.values_list("number").annotate(Count("id")))
    sql, given = found.values("number", "answers", "unanswered").query.sql_with_params()
    answers: dict[Key, dict[str, int]] = {}
    for number, key, answer, count in _asked(_ANSWERS.format(rows=sql), [list(one_by_one), *given]):
        answers.setdefault((number, key), {})[answer] = count
    empty = {(number, key): count for number, key, count in _asked(_EMPTY.format(rows=sql), [*given])}
    return Tally(responses, answers, empty)


def _added[K](one: Mapping[K, int], more: Mapping[K, int]) -> Mapping[K, int]:
    return {**one, **{key: one.get(key, 0) + count for key, count in more.items()}}


def _asked(sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
