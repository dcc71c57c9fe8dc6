"""Whether answers are what a published version takes: each by its schema, all of them by the logic.

The library is `jsonschema_rs`: no network, no clock, and patterns in linear time, whatever a tenant writes
(docs/adr/0011-survey-answers.md).
"""

import json
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import jsonschema_rs

from cqrs.domain import Json
from surveys.domain.faults import CODES, Fault, fault_of
from surveys.domain.questions import TODAY, Content, Question, Type
from surveys.domain.schema import answer_schema
from surveys.domain.walk import asked, given

EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)
"""From UTC to where the day begins last and first. `today` is whatever day it is somewhere: nobody's zone is asked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers that count; the questions that were asked and have none; what is wrong."""

    answers: Mapping[str, Json]
    unanswered: tuple[str, ...]
    faults: tuple[Fault, ...]


def check(content: Content, answers: Mapping[str, Json], *, now: datetime) -> Checked:
    """All answers against the form. Those to hidden questions are dropped, those to no question a fault."""
    questions, filled = {each.id: each for each in content.questions}, given(answers)
    shown = asked(content.sections, filled)
    faults = [Fault(id, "unknown_question", "There is no such question.") for id in filled if id not in questions]
    for id, is_required in shown.items():
        fault = answer_fault(questions[id], filled[id], now=now) if id in filled else _missing(id, is_required)
        faults += [fault] if fault else []
    kept = {id: filled[id] for id in shown if id in filled}
    return Checked(kept, tuple(id for id in shown if id not in filled), tuple(faults))


def answer_fault(question: Question, answer: Json, *, now: datetime) -> Fault | None:
    """What is wrong with this answer, if anything is."""
    error = next(validator(question).iter_errors(answer), None)
    if error is not None:
        return fault_of(question, CODES.get(error.kind.name, "invalid"))
    if question.type is Type.DATE and isinstance(answer, str):
        code = next(_date_faults(question, answer, now), "")
        return fault_of(question, code) if code else None
    return None


def taker(question: Question, *, now: datetime) -> Callable[[Json], bool]:
    """Whether an answer is taken, for many answers to one question."""
    checks, is_date = validator(question), question.type is Type.DATE

    def is_taken(answer: Json) -> bool:
        if not checks.is_valid(answer):
            return False
        return not is_date or not isinstance(answer, str) or not any(_date_faults(question, answer, now))

    return is_taken


def validator(question: Question) -> jsonschema_rs.Draft202012Validator:
    """What checks the answers to this question."""
    return _validator(json.dumps(answer_schema(question)))


def is_pattern(text: str) -> bool:
    """Whether this is a regular expression that can be checked in linear time: without look-around and references."""
    try:
        _validator(json.dumps({"pattern": text}))
    except jsonschema_rs.ValidationError:
        return False
    return True


@lru_cache(4096)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads(schema), validate_formats=False, pattern_options=jsonschema_rs.RegexOptions()
    )


def _missing(id: str, is_required: bool) -> Fault | None:
    return Fault(id, "required", "This question needs an answer.") if is_required else None


def _date_faults(question: Question, answer: str, now: datetime) -> Iterator[str]:
    day, _, _ = answer.partition("T")
    if not is_day(day if question.include_year else f"2000-{day}"):
        yield "not_a_date"
    if question.min_date and day < _day(question.min_date, now + EARLIEST):
        yield "too_early"
    if question.max_date and day > _day(question.max_date, now + LATEST):
        yield "too_late"


def is_day(day: str) -> bool:
    """Whether `2026-11-24` is in the calendar; its form is another's concern."""
    year, month, number = (int(part) for part in day.split("-"))
    return year >= 1 and 1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1]


def _day(bound: str, now: datetime) -> str:
    return now.date().isoformat() if bound == TODAY else bound
