"""A JSON Schema (2020-12) of the answers to a form: what the library checks, and what is served to programs."""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.domain.questions import RULES, Content, Question, Type
from surveys.domain.walk import hides

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT_MOST = 10_000
"""Characters of an answer whose question sets no bound."""

NUMBER_MOST = 10**15
"""Beyond it a number is not exact in every language."""

EMAIL = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$"
)
"""As browsers check it (WHATWG HTML), with a dot in the domain."""

URL = r"^https?://[^\s/?#@]+([/?#]\S*)?$"
DATE, YEARLESS, CLOCK = r"\d{4}-\d{2}-\d{2}", r"\d{2}-\d{2}", r"([01]\d|2[0-3]):[0-5]\d"
DURATION = r"^\d{1,4}:[0-5]\d$"

type Schema = dict[str, Any]


def schema_of(content: Content, *, id: str = "") -> Schema:
    """The schema of all answers together. What is required only sometimes is for the logic to say."""
    always = [each.id for each in content.questions if each.required and not hides(content)]
    found: Schema = {"$schema": DIALECT} | ({"$id": id} if id else {}) | {"title": content.title, "type": "object"}
    found["properties"] = {each.id: described(each) for each in content.questions}
    return found | ({"required": always} if always else {}) | {"additionalProperties": False}


def described(question: Question) -> Schema:
    """The schema of a question's answer, with its words."""
    words = {"title": question.text} | ({"description": question.help} if question.help else {})
    return {name: text for name, text in words.items() if text} | answer_schema(question)


def answer_schema(question: Question) -> Schema:
    """The schema of a question's answer."""
    return _OF_TYPE[question.type](question)


def _text(question: Question) -> Schema:
    patterns = [{"pattern": r"\S"}] + ([{"pattern": question.pattern}] if question.pattern else [])
    excluded = {"not": {"pattern": question.not_pattern}} if question.not_pattern else {}
    return _length(question) | {"allOf": patterns} | excluded


def _length(question: Question) -> Schema:
    most = TEXT_MOST if question.max_length is None else question.max_length
    return {"type": "string", "minLength": max(1, question.min_length or 0), "maxLength": most}


def _choice(question: Question) -> Schema:
    one = _option(question)
    if not question.allow_multiple:
        return one
    bounds = {"minItems": question.min_choices or 1, "maxItems": question.max_choices}
    return {"type": "array", "items": one, "uniqueItems": True} | _known(bounds)


def _option(question: Question) -> Schema:
    chosen: Schema = {"enum": [each.value for each in question.options if not each.is_other]}
    others = [each.value for each in question.options if each.is_other]
    if not others:
        return chosen
    text = {"type": "string", "minLength": 1, "maxLength": 500, "pattern": r"\S"}
    other = {"type": "object", "properties": {"value": {"enum": others}, "text": text}}
    return {"anyOf": [chosen, other | {"required": ["value", "text"], "additionalProperties": False}]}


def _scale(question: Question) -> Schema:
    return {"type": "integer", "minimum": question.points.start, "maximum": question.points.stop - 1}


def _number(question: Question) -> Schema:
    low = -NUMBER_MOST if question.min is None else question.min
    high = NUMBER_MOST if question.max is None else question.max
    bounds = {"exclusiveMinimum": question.above, "exclusiveMaximum": question.below}
    excluded: Schema = {}
    if question.not_between:
        excluded = {"not": {"minimum": question.not_between[0], "maximum": question.not_between[1]}}
    kind = "integer" if question.is_whole else "number"
    return {"type": kind, "minimum": low, "maximum": high} | _known(bounds) | excluded


def _date(question: Question) -> Schema:
    pattern = (DATE if question.include_year else YEARLESS) + (f"T{CLOCK}" if question.include_time else "")
    return {"type": "string", "pattern": f"^{pattern}$"} | (
        {"format": "date"} if question.include_year and not question.include_time else {}
    )


def _known(bounds: Mapping[str, Any]) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound is not None}


_OF_TYPE: Mapping[Type, Callable[[Question], Schema]] = {
    Type.TEXT: _text,
    Type.MULTIPLE_CHOICE: _choice,
    Type.LINEAR_SCALE: _scale,
    Type.RATING: _scale,
    Type.NPS: _scale,
    Type.BOOLEAN: lambda question: {"type": "boolean"},
    Type.CONSENT: lambda question: {"const": True} if question.required else {"type": "boolean"},
    Type.DATE: _date,
    Type.TIME: lambda question: {"type": "string", "pattern": DURATION if question.is_duration else f"^{CLOCK}$"},
    Type.NUMBER: _number,
    Type.EMAIL: lambda question: _length(question) | {"format": "email", "pattern": EMAIL},
    Type.URL: lambda question: _length(question) | {"format": "uri", "pattern": URL},
}
assert _OF_TYPE.keys() == RULES.keys()
