"""What is wrong with a form before it is published, each with a pointer to it and a sentence about it.

A little past the usual length: what is wrong between questions is read in one place; within one, in question_lint.py.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from surveys.domain.expressions import JOINS, ORDERS, Expression, Op, parts
from surveys.domain.question_lint import Finding, bounds, dates, options, patterns
from surveys.domain.questions import END, SCALES, Content, Question, Type


@dataclass(frozen=True, slots=True)
class Place:
    """A question or a section, where it stands, and its place in the order of the walk."""

    pointer: str
    position: int
    question: Question | None = None


type Places = dict[str, Place]
"""By id; the first one where an id comes twice."""


def lint(content: Content) -> list[Finding]:
    """Everything that is wrong. A form without findings can be published."""
    places = _places(content)
    found = list(_whole(content))
    for number, section in enumerate(content.sections):
        pointer = f"/sections/{number}"
        here = places[section.id].position if section.id in places else 0
        found += _condition(section.visible_if, f"{pointer}/visible_if", here, places)
        end = here + len(section.questions)
        found += _target(section.skip_to, f"{pointer}/skip_to", end, places)
        for index, question in enumerate(section.questions):
            found += _question(question, f"{pointer}/questions/{index}", here + 1 + index, places)
    return found + list(_unreachable(content, places))


def _places(content: Content) -> Places:
    found: Places = {}
    position = 0
    for number, section in enumerate(content.sections):
        found.setdefault(section.id, Place(f"/sections/{number}", position))
        for index, question in enumerate(section.questions):
            position += 1
            found.setdefault(question.id, Place(f"/sections/{number}/questions/{index}", position, question))
        position += 1
    return found


def _whole(content: Content) -> Iterator[Finding]:
    if not list(content.questions):
        yield Finding("/sections", "no_questions", "A form needs at least one question.")
    ids = Counter([*(each.id for each in content.sections), *(each.id for each in content.questions)])
    for number, section in enumerate(content.sections):
        if ids[section.id] > 1 or section.id == END:
            yield Finding(f"/sections/{number}/id", "duplicate_id", f"The id {section.id!r} is used elsewhere.")
        for index, question in enumerate(section.questions):
            if ids[question.id] > 1 or question.id == END:
                pointer = f"/sections/{number}/questions/{index}/id"
                yield Finding(pointer, "duplicate_id", f"The id {question.id!r} is used elsewhere.")
    if content.settings.one_per_person and content.settings.allow_anonymous:
        detail = "Anonymous answers cannot be one per person: nobody knows whose they are."
        yield Finding("/settings/one_per_person", "impossible", detail)
    if content.settings.max_responses is not None and content.settings.max_responses < 1:
        yield Finding("/settings/max_responses", "impossible", "At least one response has to fit.")


def _question(question: Question, pointer: str, here: int, places: Places) -> Iterator[Finding]:
    if not question.text.strip():
        yield Finding(f"{pointer}/text", "empty_text", "A question needs its words.")
    for name in ("visible_if", "required_if"):
        yield from _condition(getattr(question, name), f"{pointer}/{name}", here, places)
    for number, skip in enumerate(question.skip_to):
        yield from _target(skip.to, f"{pointer}/skip_to/{number}/to", here, places)
        yield from _condition(skip.when, f"{pointer}/skip_to/{number}/when", here + 1, places)
    for number, option in enumerate(question.options):
        yield from _target(option.skip_to, f"{pointer}/options/{number}/skip_to", here, places)
    for rule in (options, bounds, patterns, dates):
        yield from rule(question, pointer)


def _condition(condition: Expression | None, pointer: str, here: int, places: Places) -> Iterator[Finding]:
    """What it refers to is there, was asked before, and can have the value it is compared with."""
    for at, each in parts(condition, pointer):
        if each.op in JOINS:
            if not each.of:
                yield Finding(at, "impossible", f"{each.op.value} joins at least one condition.")
            continue
        place = places.get(each.question)
        if place is None or place.question is None:
            yield Finding(f"{at}/question", "dangling", f"There is no question {each.question!r}.")
        elif place.position >= here:
            detail = f"The question {each.question!r} is not asked before this is decided: that goes in a circle."
            yield Finding(f"{at}/question", "cycle", detail)
        else:
            yield from _comparison(each, place.question, at)


def _comparison(condition: Expression, question: Question, pointer: str) -> Iterator[Finding]:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.op in ORDERS and question.type in (Type.MULTIPLE_CHOICE, Type.BOOLEAN, Type.CONSENT):
        yield Finding(f"{pointer}/op", "impossible", "The answers to this question have no order.")
    if question.type is Type.MULTIPLE_CHOICE and condition.op is not Op.ANSWERED:
        known = {option.value for option in question.options}
        for value in values:
            if value not in known:
                detail = f"{value!r} is no option of the question {question.id!r}."
                yield Finding(f"{pointer}/value", "dangling", detail)
    if question.type in SCALES and condition.op in (Op.EQ, Op.NE, Op.IN):
        for value in values:
            if value not in question.points:
                yield Finding(f"{pointer}/value", "impossible", f"{value!r} is not on the scale of {question.id!r}.")


def _target(target: str, pointer: str, here: int, places: Places) -> Iterator[Finding]:
    if not target or target == END:
        return
    if target not in places:
        yield Finding(pointer, "dangling", f"There is no section or question {target!r}.")
    elif places[target].position <= here:
        yield Finding(pointer, "cycle", f"{target!r} comes before: a form only goes on.")


def _unreachable(content: Content, places: Places) -> Iterator[Finding]:
    """What lies behind a skip that always happens, and that nothing else leads to."""
    skips = _skips(content, places)
    for start, target, is_always in skips:
        if not is_always:
            continue
        into = [to for begin, to, _ in skips if begin < start < to < target]
        first_reached = min(into, default=target)
        for place in places.values():
            if place.question and start < place.position < first_reached:
                yield Finding(place.pointer, "unreachable", "Nobody is ever asked this: it is always skipped.")


def _skips(content: Content, places: Places) -> Sequence[tuple[int, int, bool]]:
    """Each skip: from where, to where, and whether it always happens."""
    last = max((each.position for each in places.values()), default=0) + 2
    at: Callable[[str], int] = lambda id: last if id == END else places[id].position if id in places else 0  # noqa: E731
    found = []
    for section in content.sections:
        start, is_shown = at(section.id), section.visible_if is None
        if section.skip_to:
            found.append((start + len(section.questions), at(section.skip_to), is_shown))
        for question in section.questions:
            is_always = is_shown and question.visible_if is None
            found += [(at(question.id), at(each.to), is_always and each.when is None) for each in question.skip_to]
            found += [(at(question.id), at(each.skip_to), False) for each in question.options if each.skip_to]
    return found
