"""What is wrong with an answer, in words for whoever gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.questions import Question, Type
from surveys.domain.schema import answer_schema


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the answer to a question."""

    question: str
    code: str
    detail: str


def fault_of(question: Question, code: str) -> Fault:
    """What is said of an answer: by the question itself, where it has words of its own."""
    return Fault(question.id, code, question.error or _SAYS[code].format_map(_words(question)))


def _words(question: Question) -> dict[str, Any]:
    schema = answer_schema(question)
    low, high = schema.get("minimum", question.above), schema.get("maximum", question.below)
    bounds = {"low": low, "high": high, "least": schema.get("minLength"), "most": schema.get("maxLength")}
    counts = {"few": schema.get("minItems"), "many": schema.get("maxItems")}
    return bounds | counts | {"above": question.above, "below": question.below, "kind": _KINDS[question.type]}


_KINDS: Mapping[Type, str] = {
    Type.TEXT: "a text",
    Type.MULTIPLE_CHOICE: "one of the options",
    Type.LINEAR_SCALE: "a whole number on the scale",
    Type.RATING: "a whole number on the scale",
    Type.NPS: "a whole number on the scale",
    Type.BOOLEAN: "yes or no",
    Type.CONSENT: "yes or no",
    Type.DATE: "a date",
    Type.TIME: "a time",
    Type.NUMBER: "a number",
    Type.EMAIL: "an e-mail address",
    Type.URL: "a web address that begins with http:// or https://",
}

CODES: Mapping[str, str] = {
    "type": "wrong_type",
    "enum": "not_an_option",
    "anyOf": "not_an_option",
    "const": "not_agreed",
    "minLength": "too_short",
    "maxLength": "too_long",
    "pattern": "wrong_form",
    "not": "not_allowed",
    "minimum": "too_small",
    "maximum": "too_large",
    "exclusiveMinimum": "not_above",
    "exclusiveMaximum": "not_below",
    "minItems": "too_few",
    "maxItems": "too_many",
    "uniqueItems": "twice",
}
"""What each keyword's refusal is called."""

_SAYS: Mapping[str, str] = {
    "wrong_type": "The answer is {kind}.",
    "not_an_option": "Choose among the options.",
    "not_agreed": "This has to be agreed to.",
    "too_short": "At least {least} characters, please.",
    "too_long": "At most {most} characters fit here.",
    "wrong_form": "The answer is {kind} of the form that is asked for.",
    "not_allowed": "This answer is not allowed.",
    "too_small": "At least {low}, please.",
    "too_large": "At most {high}, please.",
    "not_above": "More than {above}, please.",
    "not_below": "Less than {below}, please.",
    "too_few": "Choose at least {few}.",
    "too_many": "Choose at most {many}.",
    "twice": "Choose each option once.",
    "not_a_date": "There is no such day.",
    "too_early": "This date is too early.",
    "too_late": "This date is too late.",
    "invalid": "This answer is not taken.",
}
