"""What the builder's buttons do to a draft: pure functions from sections to sections, written as JSON.

A little past the usual length: one small function for each button.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from surveys.domain import Section, Type
from surveys.domain.reading import read_sections
from surveys.domain.values import InvalidForm
from surveys.domain.writing import written
from surveys.web.json_fields import parse_field
from surveys.web.properties import question_from, section_from
from surveys.web.words import ASKED

type Sections = list[dict[str, Any]]
type Changed = tuple[Sections, str]
"""The sections, and the id of what is looked at then."""


def changed(sections: Sequence[Section], form: QueryDict) -> Changed:
    """The sections after the deed that the form names (`do`), and the id of what is looked at then. InvalidForm where
    it names none. A deed on what is not there any more does nothing."""
    found: Sections = [{"questions": [], **written(each)} for each in sections]
    deed = _DEEDS.get(form.get("do", ""))
    if deed is None:
        raise InvalidForm("The builder knows no such deed.", pointer="/do")
    return deed(found, form.get("at", ""), form)


def _section_added(sections: Sections, at: str, form: QueryDict) -> Changed:
    id = _new(sections, "s")
    return [*sections, {"id": id, "title": "New section", "questions": []}], id


def _added(sections: Sections, at: str, form: QueryDict) -> Changed:
    type = form.get("type", "")
    if type not in set(Type):
        raise InvalidForm("There is no such type of question.", pointer="/type")
    question: dict[str, Any] = {"id": _new(sections, "q"), "type": type, "text": ASKED[Type(type)]}
    if type == Type.MULTIPLE_CHOICE:
        question["options"] = [{"value": "a", "label": "First"}, {"value": "b", "label": "Second"}]
    found = sections or [{"id": "s1", "title": "", "questions": []}]
    if before := form.get("before", ""):
        return _put(found, question, before), question["id"]
    section, index = _where(found, at) or (found[-1], len(found[-1]["questions"]) - 1)
    section["questions"].insert(len(section["questions"]) if index < 0 else index + 1, question)
    return found, question["id"]


def _moved(sections: Sections, at: str, form: QueryDict) -> Changed:
    """One up or down; a question that leaves its section goes into the next one."""
    by = -1 if form.get("do") == "up" else 1
    for index, section in enumerate(sections):
        if section["id"] == at:
            to = index + by
            if 0 <= to < len(sections):
                sections[index], sections[to] = sections[to], sections[index]
            return sections, at
        for place, question in enumerate(section["questions"]):
            if question["id"] == at:
                _shift(sections, index, place, by)
                return sections, at
    return sections, at


def _shift(sections: Sections, index: int, place: int, by: int) -> None:
    questions, to = sections[index]["questions"], place + by
    if 0 <= to < len(questions):
        questions[place], questions[to] = questions[to], questions[place]
    elif 0 <= index + by < len(sections):
        other = sections[index + by]["questions"]
        other.insert(0 if by > 0 else len(other), questions.pop(place))


def _placed(sections: Sections, at: str, form: QueryDict) -> Changed:
    """A question that was dragged, before another one or at the end of a section."""
    found, before = _where(sections, at), form.get("before", "")
    if found is None or found[1] < 0 or at == before:
        return sections, at
    return _put(sections, found[0]["questions"].pop(found[1]), before), at


def _put(sections: Sections, question: dict[str, Any], before: str) -> Sections:
    """With the question before another one, or at the end of a section."""
    section, index = _where(sections, before) or (sections[-1], -1)
    section["questions"].insert(len(section["questions"]) if index < 0 else index, question)
    return sections


def _copied(sections: Sections, at: str, form: QueryDict) -> Changed:
    found = _where(sections, at)
    if found is None or found[1] < 0:
        return sections, at
    section, index = found
    copy = {**section["questions"][index], "id": _new(sections, "q")}
    section["questions"].insert(index + 1, copy)
    return sections, copy["id"]


def _without(sections: Sections, at: str, form: QueryDict) -> Changed:
    kept = [section for section in sections if section["id"] != at]
    return [{**each, "questions": [q for q in each["questions"] if q["id"] != at]} for each in kept], ""


def _saved(sections: Sections, at: str, form: QueryDict) -> Changed:
    found = _where(sections, at)
    if found is None:
        return sections, at
    section, index = found
    questions = [each for part in read_sections(sections) for each in part.questions]
    if index < 0:
        section.update(section_from(form, questions))
    else:
        section["questions"][index] = question_from(section["questions"][index], form, questions)
    return sections, at


def _parsed(sections: Sections, at: str, form: QueryDict) -> Changed:
    found = parse_field(form.get("json", ""), pointer="/json")
    given = found.get("sections") if isinstance(found, Mapping) else found
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise InvalidForm("This is a list of sections, or an object with one.", pointer="/json")
    return [dict(each) for each in given], ""


def _where(sections: Sections, at: str) -> tuple[dict[str, Any], int] | None:
    """The section of this id, with -1; or the one that has a question of this id, with its place."""
    for section in sections:
        if section["id"] == at:
            return section, -1
        for index, question in enumerate(section["questions"]):
            if question["id"] == at:
                return section, index
    return None


def _new(sections: Sections, letter: str) -> str:
    """An id that nothing has."""
    taken = {each["id"] for each in sections} | {each["id"] for section in sections for each in section["questions"]}
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


_DEEDS: Mapping[str, Callable[[Sections, str, QueryDict], Changed]] = {
    "add": _added,
    "add_section": _section_added,
    "up": _moved,
    "down": _moved,
    "move": _placed,
    "copy": _copied,
    "drop": _without,
    "save": _saved,
    "json": _parsed,
}
