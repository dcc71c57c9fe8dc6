"""Where in a draft something stands: what is chosen, what comes before and after it, and what is wrong with it."""

from collections.abc import Iterator, Sequence

from surveys.domain import Content, Finding, Question, Section, Survey, lint
from surveys.domain.questions import END


def chosen(survey: Survey, at: str) -> Question | Section | None:
    things: list[Question | Section] = [*survey.sections, *survey.content.questions]
    return next((each for each in things if each.id == at), None)


def earlier(survey: Survey, thing: Question | Section | None) -> list[Question]:
    """The questions that are asked before it: conditions are about these."""
    found = list[Question]()
    for section in survey.sections:
        for each in (section, *section.questions):
            if each == thing:
                return found
            found += [each] if isinstance(each, Question) else []
    return found


def later(survey: Survey, thing: Question | Section | None) -> Iterator[tuple[str, str]]:
    """Where one may go on to from something: what comes after it, and the end."""
    is_past = False
    for section in survey.sections:
        parts: list[Question | Section] = [section, *section.questions]
        for each in parts:
            if is_past and not (isinstance(thing, Section) and each in thing.questions):
                yield each.id, _name(each)
            is_past = is_past or each == thing
    yield END, "The end"


def _name(thing: Question | Section) -> str:
    return thing.text if isinstance(thing, Question) else f"Section: {thing.title or thing.id}"


def words_of(survey: Survey, id: str) -> str:
    found = chosen(survey, id)
    return (found.text if isinstance(found, Question) else found.title if found else "") or id


def findings(content: Content) -> list[tuple[Finding, str]]:
    """What is wrong, each with the id of the question or section that it is about; empty where it is about neither."""
    return [(each, _place(content, each.pointer.split("/")[1:])) for each in lint(content)]


def _place(content: Content, path: Sequence[str]) -> str:
    """`sections/0/questions/1/text` is about a question."""
    match path:
        case ["sections", section, "questions", question, *_]:
            return content.sections[int(section)].questions[int(question)].id
        case ["sections", section, *_]:
            return content.sections[int(section)].id
    return ""
