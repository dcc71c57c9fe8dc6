"""What a survey's pages show of an answer."""

from collections.abc import Mapping

from django import template

from cqrs.domain import Json
from surveys.domain import Question, Type
from surveys.web.words import TYPES

register = template.Library()


@register.filter
def type_words(type: Type) -> str:
    """What the builder calls a type of question."""
    return TYPES[type]


@register.filter
def answer_words(answer: Json, question: Question) -> str:
    """An answer as people read it: an option by its label, yes and no, a list with commas."""
    if isinstance(answer, list | tuple):
        return ", ".join(answer_words(each, question) for each in answer)
    if isinstance(answer, Mapping):
        return f"{answer_words(answer.get('value'), question)}: {answer.get('text')}"
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    labels = {option.value: option.label for option in question.options}
    return str(labels.get(answer, answer) if isinstance(answer, str) else answer)
