"""How often each answer was given to each version: counted by Postgres, in one pass over the responses."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from cqrs.domain import Json
from surveys.models import ResponseRow

_ANSWERS = """
    SELECT r.number, e.key, CASE WHEN e.key = ANY(%s) THEN e.value END AS answer, count(*)
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
    """`responses` to each version; of each question in each version the answers, each with how often it was given, and
    how often it was left empty. An answer that is not counted one by one is None."""

    responses: Mapping[int, int]
    answers: Mapping[Key, list[tuple[Json, int]]] = field(default_factory=dict)
    empty: Mapping[Key, int] = field(default_factory=dict)

    def given(self, key: Key) -> int:
        """How many answers a question has in a version."""
        return sum(count for _, count in self.answers.get(key, ()))


def tally(rows: QuerySet[ResponseRow], *, one_by_one: Collection[str]) -> Tally:
    """The count of these responses; answers to the questions `one_by_one` are told apart."""
    found = rows.order_by()
    responses = dict(found.values_list("number").annotate(Count("id")))
    sql, given = found.values("number", "answers", "unanswered").query.sql_with_params()
    answers: dict[Key, list[tuple[Json, int]]] = {}
    for number, key, answer, count in _asked(_ANSWERS.format(rows=sql), [list(one_by_one), *given]):
        answers.setdefault((number, key), []).append((_json(answer), count))
    empty = {(number, key): count for number, key, count in _asked(_EMPTY.format(rows=sql), [*given])}
    return Tally(responses, answers, empty)


def latest(rows: QuerySet[ResponseRow], question: str, *, most: int) -> list[tuple[str, Json]]:
    """The newest answers to a question, each with its response's id."""
    found = rows.filter(answers__has_key=question).order_by("-submitted_at", "-id")[:most]
    return [(row.id, row.answers[question]) for row in found]


def _asked(sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _json(answer: Any) -> Json:
    found: Json = json.loads(answer) if isinstance(answer, str) else answer
    return found
