"""The properties of a question or a section as controls of a form, and back."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from surveys.domain import Question, Section
from surveys.domain.questions import RULES
from surveys.domain.values import InvalidForm
from surveys.domain.writing import written
from surveys.web import conditions
from surveys.web.words import HINTS, LABELS

NUMBERS = ("min", "max", "above", "below")
WHOLES = ("min_length", "max_length", "min_choices", "max_choices")
FLAGS = ("required", "is_long", "allow_multiple", "as_dropdown", "shuffle_options", "is_whole")
DATE_FLAGS = ("include_time", "include_year", "is_duration")
AREAS = ("options", "labels", "help", "description")
CONDITIONS = ("visible_if", "required_if")
TREES = (*CONDITIONS, "skip_to")


@dataclass(frozen=True, slots=True)
class Control:
    """One control: `kind` is text, number, area, check or condition."""

    name: str
    label: str
    kind: str
    value: Any
    hint: str = ""


def controls_of(question: Question) -> list[Control]:
    """What can be set of a question, its words first, its logic last."""
    raw = written(question)
    names = ["text", "help", "required", *RULES[question.type], "error", *TREES]
    return [_control(name, raw.get(name, getattr(question, name))) for name in names]


def section_controls(section: Section) -> list[Control]:
    """What can be set of a section."""
    raw = written(section)
    names = ("title", "description", "visible_if", "skip_to")
    return [_control(name, raw.get(name, getattr(section, name))) for name in names]


def question_from(question: Mapping[str, Any], form: QueryDict, questions: Sequence[Question]) -> dict[str, Any]:
    """The question with what the form says. InvalidForm."""
    kept = {name: question[name] for name in ("id", "type", "symbol") if name in question}
    names = ["text", "help", "required", *RULES[question["type"]], "error", *TREES]
    return kept | dict(_read(form, [name for name in names if name != "symbol"], questions))


def section_from(form: QueryDict, questions: Sequence[Question]) -> dict[str, Any]:
    """The properties of a section that the form says. InvalidForm."""
    found = {"title": "", "description": "", "visible_if": None, "skip_to": form.get("skip_to", "").strip()}
    return found | dict(_read(form, ["title", "description", "visible_if"], questions))


def _control(name: str, value: Any) -> Control:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    return Control(name, label, _kind(name), _shown(name, value), HINTS.get(name, ""))


def _kind(name: str) -> str:
    if name in (*FLAGS, *DATE_FLAGS):
        return "check"
    if name in CONDITIONS:
        return "condition"
    return "area" if name in AREAS else "number" if name in WHOLES else "text"


def _shown(name: str, value: Any) -> Any:
    if name in (*FLAGS, *DATE_FLAGS):
        return bool(value)
    if name in CONDITIONS:
        return conditions.shown(value)
    if not value and value != 0:
        return ""
    return _WRITTEN[name](value) if name in _WRITTEN else value


def _skip(value: Any) -> str:
    is_plain = isinstance(value, list) and len(value) == 1 and "when" not in value[0]
    return str(value[0]["to"]) if is_plain else value if isinstance(value, str) else json.dumps(value)


def _line(option: Mapping[str, Any]) -> str:
    to = f" -> {option['skip_to']}" if option.get("skip_to") else ""
    return f"{option['value']} = {option.get('label') or option['value']}{to}{' +' if option.get('is_other') else ''}"


def _read(form: QueryDict, names: Sequence[str], questions: Sequence[Question]) -> Iterator[tuple[str, Any]]:
    for name in names:
        text = form.get(name, "").replace("\r\n", "\n").strip()
        if name in (*FLAGS, *DATE_FLAGS):
            yield name, name in form
        elif name in CONDITIONS:
            yield name, conditions.read(form, name, questions)
        elif text:
            yield name, _value(name, text)


def _value(name: str, text: str) -> Any:
    if name in (*NUMBERS, *WHOLES):
        return _number(text, name)
    match name:
        case "options":
            return [_option(line) for line in text.splitlines() if line.strip()]
        case "labels":
            pairs = (line.partition("=") for line in text.splitlines() if line.strip())
            return {point.strip(): label.strip() for point, _, label in pairs}
        case "not_between":
            return [_number(each, name) for each in text.split(",")]
    return _tree(text, name) if name in TREES and text[0] in "{[" else text


def _option(line: str) -> dict[str, Any]:
    rest, is_other = line.strip(), line.rstrip().endswith(" +")
    rest, _, to = (rest[:-2] if is_other else rest).partition("->")
    value, _, label = rest.partition("=")
    found = {"value": value.strip(), "label": label.strip() or value.strip(), "skip_to": to.strip()}
    return found | ({"is_other": True} if is_other else {})


def _number(text: str, name: str) -> int | float:
    try:
        return float(text) if "." in text or "e" in text.lower() else int(text)
    except ValueError:
        raise InvalidForm("This is a number.", pointer=f"/{name}") from None


def _tree(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidForm("This is not JSON.", pointer=f"/{name}") from None


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "options": lambda value: "\n".join(_line(each) for each in value),
    "labels": lambda value: "\n".join(f"{point} = {label}" for point, label in value.items()),
    "not_between": lambda value: ", ".join(f"{each:g}" for each in value),
    "skip_to": _skip,
}
"""How each field is written into its control; any other as it is."""
