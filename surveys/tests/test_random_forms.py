"""300 forms by chance, each answered, edited and read again: what happens to an answer was announced."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from django.db import transaction
from django_tenants.utils import schema_context

from conftest import TestTenant
from surveys.domain import Checked, Content, Reading, check, lint, read
from surveys.domain.comparing import losing
from surveys.domain.reading import read_sections
from surveys.domain.schema import schema_of
from surveys.domain.writing import written
from surveys.models import ResponseRow
from surveys.queries import responses_to
from surveys.results import what_if
from surveys.results.counting import Tally
from surveys.results.figures import Figure, figures, one_by_one
from surveys.tests import random_forms

STORED = int(os.environ.get("RANDOM_FORMS", "20"))
"""Forms whose answers are stored in Postgres: a part here, 300 of them by hand."""

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
    _still_valid(replace(old, sections=read_sections([written(each) for each in old.sections])), responses)
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


def test_what_if_announces_of_stored_answers_what_reading_them_finds(acme: TestTenant) -> None:
    with schema_context(acme.schema), transaction.atomic():
        for seed in range(STORED):
            _announces(Random(seed), f"SUR-{seed}", acme.code)
        transaction.set_rollback(True)  # the log knows none of these


def _announces(chance: Random, survey: str, tenant: str) -> None:
    sections = random_forms.form(chance)
    first, second, draft = (random_forms.content(each) for each in _edits(chance, sections))
    versions, wanted = {1: first, 2: second}, dict[str, Counter[Reading]]()
    later = {each.id: each for each in draft.questions}
    for number, form in versions.items():
        found = [check(form, random_forms.answers(chance, form), now=NOW) for _ in range(20)]
        kept = [each for each in found if not each.faults]
        ResponseRow.objects.bulk_create(_row(survey, number, n, each, tenant) for n, each in enumerate(kept))
        for id, question in ((each.id, each) for each in form.questions):
            counts, new = wanted.setdefault(id, Counter()), later.get(id)
            answers = [each.answers[id] for each in kept if id in each.answers]
            counts.update(read(answer, old=question, new=new, now=NOW).reading for answer in answers)
            if new and new != question and new.required:
                counts[Reading.INVALID] += sum(id in each.unanswered for each in kept)
    told = {each.question: +each.counts for each in what_if(responses_to(survey), versions, draft, now=NOW)}
    assert told == {id: +counts for id, counts in wanted.items()}


def _edits(chance: Random, sections: Any) -> Iterator[Any]:
    """A form, and what became of it twice."""
    for _ in range(3):
        yield sections
        sections = random_forms.edited(chance, sections)


def _row(survey: str, number: int, n: int, found: Checked, tenant: str) -> ResponseRow:
    sk, by = f"RESPONSE#{survey}.{number}.{n}", {"created_by": "anonymous", "updated_by": "anonymous"}
    at = dict.fromkeys(("created_at", "updated_at", "submitted_at"), NOW)
    ids = {"id": f"RESPONSE#{tenant}#{sk}", "partition": f"RESPONSE#{tenant}", "sk": sk, "tenant_id": tenant}
    told = {"answers": dict(found.answers), "unanswered": list(found.unanswered)}
    return ResponseRow(survey=survey, number=number, version=1, **ids, **by, **at, **told)


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
