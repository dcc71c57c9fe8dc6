"""The newest answers to questions whose answers are not counted one by one."""

from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from cqrs.domain import Json
from surveys.models import ResponseRow

LOOKED_AT = 200
"""Responses that are looked at, the newest, however many there are."""

SHOWN = 5


def latest(rows: QuerySet[ResponseRow], questions: Collection[str]) -> Mapping[str, list[tuple[str, Json]]]:
    """By question its newest answers, each with its response's sort key."""
    found: dict[str, list[tuple[str, Json]]] = {id: [] for id in questions}
    for sk, answers in rows.order_by("-submitted_at", "-id").values_list("sk", "answers")[:LOOKED_AT]:
        for id in found.keys() & answers.keys():
            if len(found[id]) < SHOWN:
                found[id].append((sk, answers[id]))
    return found
