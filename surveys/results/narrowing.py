"""Which responses are looked at: by the answers in them, the version they answer, and when they came.

    ?answer.place=home&answer.place=office&answer.mood=5&unanswered=nps&not_asked=why&number=2&submitted_after=2026-11-01

Two answers to one question: either; all else: together. Answers are compared as they were given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cqrs.domain import Json
from face.refusals import InvalidParameter
from surveys.domain import Content, Question, Type
from surveys.domain.questions import SCALES
from surveys.models import ResponseRow
from surveys.queries import filtered

ANSWER, UNANSWERED, NOT_ASKED = "answer.", "unanswered", "not_asked"
"""Names of parameters; the first is followed by a question's id."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One parameter: `name` and `value` as the query has them, the question it is about, and what it asks for."""

    name: str
    value: str
    question: Question
    kind: str

    @property
    def label(self) -> str:
        """The value as people know it."""
        words = {each.value: each.label for each in self.question.options} | {"true": "Yes", "false": "No"}
        return words.get(self.value, self.value)


def narrowed(
    survey: str, given: QueryDict, versions: Mapping[int, Content]
) -> tuple[QuerySet[ResponseRow], list[Condition]]:
    """The responses to a survey that a query asks for, and what it asks of their answers. InvalidParameter, with a
    pointer to each parameter, where it names no question of any version, no version, or no answer that was offered."""
    plain, found, wrong = given.copy(), list[Condition](), list[dict[str, str]]()
    for name in [name for name in given if name.startswith(ANSWER) or name in (UNANSWERED, NOT_ASKED)]:
        del plain[name]
        for value in given.getlist(name):
            condition, fault = _read(name, value, versions)
            found += [condition] if condition else []
            wrong += [fault] if fault else []
    if (number := str(plain.get("number", ""))) and number not in map(str, versions) and number.isdecimal():
        wrong.append(_fault("number", "unknown_value", "There is no such version."))
    try:
        rows = filtered(survey, plain)
    except InvalidParameter as refused:
        told: Any = refused.fields["errors"]
        raise InvalidParameter(errors=[*told, *wrong]) from None
    if wrong:
        raise InvalidParameter(errors=wrong)
    return rows.filter(*_asked(found, versions)), found


def is_answer(id: str, text: str, versions: Mapping[int, Content]) -> bool:
    """Whether some version offers this as an answer to the question."""
    return any(True for each in _versions_of(id, versions) for _ in _readings(each, text))


def _read(name: str, value: str, versions: Mapping[int, Content]) -> tuple[Condition | None, dict[str, str] | None]:
    id = name.removeprefix(ANSWER) if name.startswith(ANSWER) else value
    asked = _versions_of(id, versions)
    if not asked:
        return None, _fault(name, "unknown_question", f"No version has a question {id!r}.")
    kind = ANSWER if name.startswith(ANSWER) else name
    if kind == ANSWER and not is_answer(id, value, versions):
        return None, _fault(name, "unknown_value", f"{value!r} is no answer to the question {id!r}.")
    return Condition(name, value, asked[-1], kind), None


def _fault(name: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"?{name}", "code": code, "detail": detail}


def _versions_of(id: str, versions: Mapping[int, Content]) -> list[Question]:
    """The question as each version has it, the newest last."""
    return [each for number in sorted(versions) for each in versions[number].questions if each.id == id]


def _readings(question: Question, text: str) -> Iterator[Json]:
    """What the text of a parameter is as an answer; nothing where it is none."""
    match question.type:
        case Type.MULTIPLE_CHOICE:
            yield from (each.value for each in question.options if each.value == text)
        case Type.BOOLEAN | Type.CONSENT:
            yield from (flag for word, flag in (("true", True), ("false", False)) if word == text)
        case type if type in SCALES:
            yield from (point for point in question.points if str(point) == text)
        case Type.NUMBER:
            yield from _number(text)
        case _:
            yield from [text] if text else []


def _number(text: str) -> Iterator[int | float]:
    try:
        value = float(text)
    except ValueError:
        return
    if value - value == 0:  # neither infinite nor no number
        yield int(value) if value == int(value) else value


def _asked(conditions: list[Condition], versions: Mapping[int, Content]) -> Iterator[Q]:
    either = dict[str, Q]()
    for each in conditions:
        id = each.question.id
        if each.kind == ANSWER:
            either[id] = either.get(id, Q()) | _given(id, each.value, versions)
        elif each.kind == UNANSWERED:
            yield Q(unanswered__contains=[id])
        else:
            yield ~Q(answers__has_key=id) & ~Q(unanswered__contains=[id])
    yield from either.values()


def _given(id: str, text: str, versions: Mapping[int, Content]) -> Q:
    """That this was answered: alone, among several, or with a text of one's own beside it."""
    found = Q()
    for question in _versions_of(id, versions):
        for value in _readings(question, text):
            shapes: list[Json] = [value]
            if question.type is Type.MULTIPLE_CHOICE:
                shapes = [value, [value], {"value": value}, [{"value": value}]]
            for shape in shapes:
                found |= Q(answers__contains={id: shape})
    return found
