"""A form as programs write it: read strictly into what it is made of.

    {"sections": [{"title": "You", "questions": [{"type": "text", "text": "Your name?", "required": true}]}]}

`meta.py` is this format's meta-schema. How two older formats spell the same is in `spellings.py`.

A little past the usual length: each part of the form is read beside the part it stands in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from cqrs.domain import Json
from surveys.domain.expressions import Expression, Op
from surveys.domain.questions import FLAGS, RULES, SHARED, Option, Question, Section, Settings, Skip, Type
from surveys.domain.spellings import flat_as_sections, usual_question, usual_section, usual_settings
from surveys.domain.values import (
    InvalidForm,
    Raw,
    a_day,
    a_flag,
    a_number,
    a_pair,
    a_text,
    an_instant,
    an_object,
    many,
    only,
    whole,
)

QUESTIONS_MOST, OPTIONS_MOST, SECTIONS_MOST = 500, 500, 100
LABEL_MOST, ID_MOST, DEPTH_MOST = 500, 64, 8

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)


def read_sections(sections: Sequence[Raw], items: Sequence[Raw] = ()) -> tuple[Section, ...]:
    """The sections, or a flat list of section headers and questions. InvalidForm, with a pointer to the first fault.

    What has no id gets one that its place says, unless another has it.
    """
    nested, root = (flat_as_sections(items), "/items") if items else (list(sections), "/sections")
    if len(nested) > SECTIONS_MOST:
        raise InvalidForm(f"A form has at most {SECTIONS_MOST} sections.", pointer=root)
    found = tuple(_section(an_object(each, f"{root}/{n}"), f"{root}/{n}", n) for n, each in enumerate(nested))
    if sum(len(each.questions) for each in found) > QUESTIONS_MOST:
        raise InvalidForm(f"A form has at most {QUESTIONS_MOST} questions.", pointer=root)
    return found


def read_settings(settings: Raw) -> Settings:
    """The settings. InvalidForm."""
    raw = usual_settings(settings)
    only(raw, {each.name for each in fields(Settings)}, "/settings")
    flags = {name: a_flag(raw, name, "/settings") for name in FLAGS}
    closes_at = an_instant(raw.get("closes_at"), "/settings/closes_at")
    return Settings(**flags, closes_at=closes_at, max_responses=whole(raw, "max_responses", "/settings"))


def _section(raw: Raw, at: str, number: int) -> Section:
    raw = usual_section(raw)
    only(raw, {each.name for each in fields(Section)}, at)
    questions = many(raw, "questions", at, most=QUESTIONS_MOST)
    return Section(
        id=_id(raw, at, f"s{number + 1}"),
        title=a_text(raw, "title", at, most=LABEL_MOST),
        description=a_text(raw, "description", at),
        questions=tuple(
            _question(an_object(each, f"{at}/questions/{n}"), f"{at}/questions/{n}", f"s{number + 1}q{n + 1}")
            for n, each in enumerate(questions)
        ),
        visible_if=_expression(raw.get("visible_if"), f"{at}/visible_if"),
        skip_to=a_text(raw, "skip_to", at, most=ID_MOST),
    )


def _question(raw: Raw, at: str, id: str) -> Question:
    raw = usual_question(raw)
    if raw.get("type") not in set(Type):
        raise InvalidForm(f"A question's type is one of {', '.join(Type)}.", pointer=f"{at}/type")
    type = Type(str(raw["type"]))
    only(raw, {*SHARED, *RULES[type]}, at, of=f"a question of the type {type.value}")
    read: dict[str, Any] = {"id": _id(raw, at, id), "type": type}
    for each in fields(Question):
        if each.name in raw and each.name not in read:
            read[each.name] = _field(raw, each.name, at)
    return Question(**read)


def _field(raw: Raw, name: str, at: str) -> Any:
    """One field, by the reader that has it."""
    for names, reader in _READERS.items():
        if name in names:
            return reader(raw, name, at)
    return _expression(raw[name], f"{at}/{name}")


def _options(raw: Raw, name: str, at: str) -> tuple[Option, ...]:
    found = many(raw, name, at, most=OPTIONS_MOST)
    return tuple(_option(an_object(each, f"{at}/{name}/{n}"), f"{at}/{name}/{n}") for n, each in enumerate(found))


def _labels(raw: Raw, name: str, at: str) -> dict[str, str]:
    found = an_object(raw[name] or {}, f"{at}/{name}")
    return {key: a_text(found, key, f"{at}/{name}", most=LABEL_MOST) for key in found}


def _option(raw: Raw, at: str) -> Option:
    only(raw, {each.name for each in fields(Option)}, at)
    value = a_text(raw, "value", at, most=LABEL_MOST)
    label = a_text(raw, "label", at, most=LABEL_MOST) or value
    return Option(value, label, a_text(raw, "skip_to", at, most=ID_MOST), a_flag(raw, "is_other", at))


def _skips(raw: Json, at: str) -> tuple[Skip, ...]:
    """A target alone, or a list of targets with their conditions."""
    if isinstance(raw, str):
        return (Skip(raw),) if raw else ()
    if not isinstance(raw, list):
        raise InvalidForm("This is a target, or a list of them.", pointer=at)
    found = [an_object(each, f"{at}/{number}") for number, each in enumerate(raw)]
    for number, each in enumerate(found):
        only(each, {"to", "when"}, f"{at}/{number}")
    return tuple(
        Skip(a_text(each, "to", f"{at}/{n}", most=ID_MOST), _expression(each.get("when"), f"{at}/{n}/when"))
        for n, each in enumerate(found)
    )


def _expression(raw: Json, at: str, *, depth: int = 0) -> Expression | None:
    if raw is None:
        return None
    found = an_object(raw, at)
    only(found, {"op", "question", "value", "of"}, at)
    if found.get("op") not in set(Op):
        raise InvalidForm(f"A condition's op is one of {', '.join(Op)}.", pointer=f"{at}/op")
    if depth >= DEPTH_MOST:
        raise InvalidForm(f"Conditions are nested at most {DEPTH_MOST} deep.", pointer=at)
    of = many(found, "of", at, most=50)
    inner = [_expression(each, f"{at}/of/{number}", depth=depth + 1) for number, each in enumerate(of)]
    value = _value(found.get("value"), f"{at}/value")
    joined = tuple(each for each in inner if each)
    return Expression(Op(str(found["op"])), a_text(found, "question", at, most=ID_MOST), value, joined)


def _value(raw: Json, at: str) -> Any:
    values = raw if isinstance(raw, list) else [raw]
    if any(isinstance(each, list | Mapping) for each in values):
        raise InvalidForm("A condition compares with a text, a number, true or false, or a list of them.", pointer=at)
    return tuple(raw) if isinstance(raw, list) else raw


def _id(raw: Raw, at: str, default: str) -> str:
    text = a_text(raw, "id", at, most=ID_MOST) or default
    if not _ID.fullmatch(text):
        detail = "An id is 1 to 64 letters, digits, dots, hyphens and underscores, the first a letter, digit or _."
        raise InvalidForm(detail, pointer=f"{at}/id")
    return text


type _Reader = Callable[[Raw, str, str], Any]

_READERS: Mapping[tuple[str, ...], _Reader] = {
    ("error", "placeholder"): lambda raw, name, at: a_text(raw, name, at, most=LABEL_MOST),
    ("text", "help", "pattern", "not_pattern", "symbol"): a_text,
    ("include_year",): lambda raw, name, at: a_flag(raw, name, at, default=True),
    ("required", "is_long", "allow_multiple", "as_dropdown", "shuffle_options"): a_flag,
    ("is_whole", "include_time", "is_duration"): a_flag,
    ("min_length", "max_length", "min_choices", "max_choices"): whole,
    ("min", "max", "above", "below"): lambda raw, name, at: a_number(raw[name], f"{at}/{name}"),
    ("min_date", "max_date"): a_day,
    ("not_between",): lambda raw, name, at: a_pair(raw[name], f"{at}/{name}"),
    ("options",): _options,
    ("labels",): _labels,
    ("skip_to",): lambda raw, name, at: _skips(raw[name], f"{at}/{name}"),
}
"""How each field is read; those that are not here are conditions."""
