"""300 forms by chance, each answered, edited and read again: what happens to an answer was announced."""

import json
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from surveys.domain import Content, Reading, check, lint, read
from surveys.domain.comparing import losing
from surveys.domain.schema import schema_of
from surveys.results.counting import Tally
from surveys.results.figures import Figure, figures, one_by_one
from surveys.tests import random_forms

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def taken(chance: Random, form: Content, *, most: int = 12) -> list[dict[str, Any]]:
    """Responses that the form took, as it keeps them."""
    tries = [check(form, random_forms.answers(chance, form), now=NOW) for _ in range(most * 4)]
    return [dict(each.answers) for each in tries if not each.faults][:most]


def tallied(versions: dict[int, Content], number: int, responses: list[dict[str, Any]]) -> Tally:
    """What Postgres would count: numbers and choices one by one, texts together."""
    apart, counts = one_by_one(versions), dict[tuple[int, str], Counter[str]]()
    for response in responses:
        for id, answer in response.items():
            counts.setdefault((number, id), Counter())[json.dumps(answer) if id in apart else ""] += 1
    return Tally({number: len(responses)}, counts)


@pytest.mark.parametrize("batch", range(10))
def test_no_answer_changes_or_disappears_unannounced(batch: int) -> None:
    for seed in range(30):
        _holds(Random(30 * batch + seed))


def _holds(chance: Random) -> None:
    sections = random_forms.form(chance)
    old, new = random_forms.content(sections), random_forms.content(random_forms.edited(chance, sections))
    assert not [each for each in lint(old) if each.code in ("cycle", "dangling", "duplicate_id")]
    responses = taken(chance, old)
    _still_valid(old, responses)
    before, after = ({each.id: each for each in form.questions} for form in (old, new))
    announced: dict[str, Counter[Reading]] = {id: Counter() for id in before}
    for response in responses:
        for id, answer in response.items():
            announced[id][read(answer, old=before[id], new=after.get(id), now=NOW).reading] += 1
    lost = {id for id, readings in announced.items() if readings[Reading.LOST]}
    assert lost <= set(losing(old, new)), "what loses answers asks for the typed name"
    versions = {1: old, 2: new}
    shown = {each.question.id: each for each in figures(versions, tallied(versions, 1, responses), now=NOW)}
    for id, readings in announced.items():
        _shown_as_announced(shown[id], readings, is_asked=id in after, is_counted=id in one_by_one(versions))


def _still_valid(form: Content, responses: list[dict[str, Any]]) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema_of(form))
    for response in responses:
        again = check(form, response, now=NOW)
        assert (again.answers, again.faults) == (response, ())
        assert validator.is_valid(response)


def _shown_as_announced(figure: Figure, readings: Counter[Reading], *, is_asked: bool, is_counted: bool) -> None:
    assert (figure.answered, figure.is_asked) == (readings.total(), is_asked)
    if not is_asked:
        assert figure.unread == 0, "what is gone is shown as it was answered"
    elif is_counted:
        assert figure.unread == readings[Reading.LOST]
