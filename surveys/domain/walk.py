"""Which questions somebody is asked, given what they have answered so far: the one evaluator of a form's logic.

A form is walked once, from its first question to its last. Conditions see the answers of questions that were asked
before; so an answer that was given to a question which is hidden now counts for nothing, and nothing goes round in
circles, whatever a form says.
"""

from collections.abc import Iterable

from cqrs.domain import Json
from surveys.domain.expressions import Answers, holds, plain
from surveys.domain.questions import Content, Question, Section


def asked(sections: Iterable[Section], answers: Answers) -> dict[str, bool]:
    """The questions that are asked, in order, and whether each must be answered."""
    shown, seen, ahead = dict[str, bool](), dict[str, Json](), ""
    for section in sections:
        ahead = "" if ahead == section.id else ahead
        is_shown = holds(section.visible_if, seen)
        for question in section.questions:
            ahead = "" if ahead == question.id else ahead
            if ahead or not is_shown or not holds(question.visible_if, seen):
                continue
            shown[question.id] = _is_required(question, seen)
            if question.id in answers:
                seen[question.id] = answers[question.id]
            ahead = _onward(question, seen)
        ahead = ahead or (section.skip_to if is_shown else "")
    return shown


def hides(content: Content) -> bool:
    """Whether the form has any logic that hides questions."""
    sections = any(each.visible_if or each.skip_to for each in content.sections)
    options = any(option.skip_to for each in content.questions for option in each.options)
    return sections or options or any(each.visible_if or each.skip_to for each in content.questions)


def has_logic(content: Content) -> bool:
    """Whether what is asked, or has to be answered, depends on answers at all."""
    return hides(content) or any(each.required_if for each in content.questions)


def is_empty(answer: Json) -> bool:
    """Whether this is no answer: nothing, an empty text, an empty list."""
    return answer is None or answer in ("", [], ())


def given(answers: Answers) -> dict[str, Json]:
    """The answers without the empty ones."""
    return {id: answer for id, answer in answers.items() if not is_empty(answer)}


def _is_required(question: Question, seen: Answers) -> bool:
    return question.required or (question.required_if is not None and holds(question.required_if, seen))


def _onward(question: Question, seen: Answers) -> str:
    """Where the next question is, if it is not the one below; what was chosen says so before the question does."""
    chosen = plain(seen[question.id]) if question.id in seen else None
    for option in question.options:
        if option.skip_to and option.value in (chosen if isinstance(chosen, list) else [chosen]):
            return option.skip_to
    return next((skip.to for skip in question.skip_to if holds(skip.when, seen)), "")
