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
from surveys.web import choices, conditions
from surveys.web.json_fields import parse_field
from surveys.web.words import HINTS, LABELS

NUMBERS = ("min", "max", "above", "below")
WHOLES = ("min_length", "max_length", "min_choices", "max_choices")
CHECKS = ("required", "is_long", "allow_multiple", "as_dropdown", "shuffle_options", "is_whole", "include_time",
          "include_year", "is_duration")  # fmt: skip
CONDITIONS = ("visible_if", "required_if")
KINDS: Mapping[str, str] = {
    **dict.fromkeys(CHECKS, "check"),
    **dict.fromkeys(CONDITIONS, "condition"),
    **dict.fromkeys(("labels", "help", "description"), "area"),
    **dict.fromkeys((*NUMBERS, *WHOLES), "number"),
    "options": "options",
    "skip_to": "target",
}
"""What each field is set by; any other is a text."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control: `kind` is text, number, area, check, condition, options or target."""

    name: str
    label: str
    kind: str
    value: Any
    hint: str = ""
    error: str = ""

    @property
    def is_typed(self) -> bool:
        """Whether it is a text of its own."""
        return self.kind in ("text", "number", "area", "target")


def controls_of(question: Question, earlier: Sequence[Question]) -> list[Control]:
    """What can be set of a question, its words first, its logic last. Conditions are about earlier questions."""
    return [*_controls(question, _names(question.type), earlier)]


def section_controls(section: Section, earlier: Sequence[Question]) -> list[Control]:
    """What can be set of a section."""
    return [*_controls(section, ("title", "description", "visible_if", "skip_to"), earlier)]


def question_from(question: Mapping[str, Any], form: QueryDict, questions: Sequence[Question]) -> dict[str, Any]:
    """The question with what the form says. InvalidForm."""
    kept = {name: question[name] for name in ("id", "type", "symbol") if name in question}
    return kept | dict(_read(form, _names(question["type"]), questions))


def section_from(form: QueryDict, questions: Sequence[Question]) -> dict[str, Any]:
    """The properties of a section that the form says. InvalidForm."""
    found = {"title": "", "description": "", "visible_if": None, "skip_to": form.get("skip_to", "").strip()}
    return found | dict(_read(form, ("title", "description", "visible_if"), questions))


def _names(type: Any) -> list[str]:
    rules = [name for name in RULES[type] if name != "symbol"]
    return ["text", "help", "required", *rules, "error", *CONDITIONS, "skip_to"]


def _controls(thing: Question | Section, names: Sequence[str], earlier: Sequence[Question]) -> Iterator[Control]:
    raw = written(thing)
    for name in names:
        value, kind = raw.get(name, getattr(thing, name)), KINDS.get(name, "text")
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        shown = conditions.shown(raw.get(name), earlier) if kind == "condition" else _shown(name, kind, value)
        yield Control(name, label, kind, shown, HINTS.get(name, ""))


def _shown(name: str, kind: str, value: Any) -> Any:
    if kind == "check":
        return bool(value)
    if kind == "options":
        return choices.rows(value)
    if not value and value != 0:
        return ""
    return _WRITTEN[name](value) if name in _WRITTEN else value


def _target(value: Any) -> str:
    """Where one always goes on to by its id; anything with conditions as JSON."""
    is_plain = isinstance(value, list) and len(value) == 1 and "when" not in value[0]
    return str(value[0]["to"]) if is_plain else value if isinstance(value, str) else json.dumps(value)


def _read(form: QueryDict, names: Sequence[str], questions: Sequence[Question]) -> Iterator[tuple[str, Any]]:
    for name in names:
        text = form.get(name, "").replace("\r\n", "\n").strip()
        match KINDS.get(name):
            case "check":
                yield name, name in form
            case "condition":
                yield name, conditions.read(form, name, questions)
            case "options":
                yield name, choices.read(form)
            case _ if text:
                yield name, _value(name, text)


def _value(name: str, text: str) -> Any:
    if name in (*NUMBERS, *WHOLES):
        return _number(text, name)
    match name:
        case "labels":
            pairs = (line.partition("=") for line in text.splitlines() if line.strip())
            return {point.strip(): label.strip() for point, _, label in pairs}
        case "not_between":
            return [_number(each, name) for each in text.split(",")]
        case "skip_to" if text[0] in "{[":
            return parse_field(text, pointer=f"/{name}")
    return text


def _number(text: str, name: str) -> int | float:
    try:
        return float(text) if "." in text or "e" in text.lower() else int(text)
    except ValueError:
        raise InvalidForm("This is a number.", pointer=f"/{name}") from None


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "labels": lambda value: "\n".join(f"{point} = {label}" for point, label in value.items()),
    "not_between": lambda value: ", ".join(f"{each:g}" for each in value),
    "skip_to": _target,
}
"""How each field is written into its control; any other as it is."""
