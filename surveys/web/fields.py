"""A form's questions as fields of a page, and what was typed into them as answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from django.http import QueryDict

from cqrs.domain import Json
from surveys.domain import Content, Question, Section, Type
from surveys.domain.expressions import plain
from surveys.domain.questions import SCALES
from surveys.domain.walk import has_logic

PREFIX = "q."
"""Before a question's id in the name of its field."""

INPUTS = {Type.EMAIL: "email", Type.URL: "url", Type.DATE: "date", Type.TIME: "time"}
"""What each type is typed into; the others are texts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button, box or line of a list."""

    value: str
    label: str
    is_chosen: bool
    is_other: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question on a page. `look` says how it is shown: text, area, choice, choices, list, scale or consent."""

    question: Question
    look: str
    input: str = "text"
    value: str = ""
    choices: Sequence[Choice] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """Of the control."""
        return f"{PREFIX}{self.question.id}"

    @property
    def ends(self) -> Sequence[str]:
        """What the first and the last point of a scale mean, where it says so."""
        points, labels = self.question.points, self.question.labels
        found = [labels.get(str(points.start), ""), labels.get(str(points.stop - 1), "")]
        return found if any(found) else ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section on a page."""

    section: Section
    fields: Sequence[Field]


def page_of(content: Content, answers: Mapping[str, Json], errors: Mapping[str, str], *, seed: int) -> list[Part]:
    """The sections with their fields, filled with what is known; in an order by chance where the form says so."""
    chance = Random(seed) if content.settings.randomize_questions and not has_logic(content) else None
    found = []
    for section in content.sections:
        questions = list(section.questions)
        if chance:
            chance.shuffle(questions)
        fields = [_field(each, answers.get(each.id), errors.get(each.id, ""), seed) for each in questions]
        found.append(Part(section, fields))
    return found


def answers_of(content: Content, form: QueryDict) -> dict[str, Json]:
    """What was typed, as answers; what is none stays as it was typed, to be refused where it stands."""
    found = {each.id: _answer(each, form) for each in content.questions}
    return {id: answer for id, answer in found.items() if answer not in (None, "", [])}


def _answer(question: Question, form: QueryDict) -> Json:
    name = f"{PREFIX}{question.id}"
    text = form.get(name, "").replace("\r\n", "\n")
    match question.type:
        case Type.MULTIPLE_CHOICE:
            chosen = [_chosen(question, each, form) for each in form.getlist(name) if each]
            return chosen if question.allow_multiple else chosen[0] if chosen else None
        case Type.BOOLEAN | Type.CONSENT:
            return {"true": True, "false": False}.get(text)
        case type if type is Type.NUMBER or type in SCALES:
            return _number(text.strip())
    return text


def _chosen(question: Question, value: str, form: QueryDict) -> Json:
    if any(each.value == value and each.is_other for each in question.options):
        return {"value": value, "text": form.get(f"{PREFIX}{question.id}.text", "")}
    return value


def _number(text: str) -> Json:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _field(question: Question, answer: Json, error: str, seed: int) -> Field:
    if question.type is Type.MULTIPLE_CHOICE:
        look = "choices" if question.allow_multiple else "list" if question.as_dropdown else "choice"
        choices = list(_choices(question, answer))
        if question.shuffle_options:
            Random(f"{seed}{question.id}").shuffle(choices)
        return Field(question, look, choices=choices, error=error)
    if question.type in SCALES:
        points = [Choice(str(each), str(each), answer == each) for each in question.points]
        return Field(question, "scale", choices=points, error=error)
    if question.type is Type.BOOLEAN:
        labels = {True: question.labels.get("true", "Yes"), False: question.labels.get("false", "No")}
        choices = [Choice(str(each).lower(), label, answer is each) for each, label in labels.items()]
        return Field(question, "choice", choices=choices, error=error)
    if question.type is Type.CONSENT:
        return Field(question, "consent", value="true" if answer is True else "", error=error)
    return Field(question, *_look(question), value="" if answer is None else str(answer), error=error)


def _look(question: Question) -> tuple[str, str]:
    if question.type is Type.DATE:
        is_day = question.include_year and not question.include_time
        return "text", "date" if is_day else "datetime-local" if question.include_year else "text"
    if question.type is Type.TIME and question.is_duration:
        return "text", "text"
    return "area" if question.is_long else "text", INPUTS.get(question.type, "text")


def _choices(question: Question, answer: Json) -> Iterator[Choice]:
    given = answer if isinstance(answer, list) else [answer]
    values: list[Any] = [plain(each) for each in given]
    texts = {each.get("value"): str(each.get("text", "")) for each in given if isinstance(each, Mapping)}
    for option in question.options:
        is_chosen = option.value in values
        yield Choice(option.value, option.label, is_chosen, option.is_other, texts.get(option.value, ""))
