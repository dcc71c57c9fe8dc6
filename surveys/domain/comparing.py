"""What another version makes of an answer that was given to an earlier one. Answers themselves never change: this is
how they are read together, and what is said before a version is published.

A little past the usual length: each type's way to read another's answers stands beside the others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cqrs.domain import Json
from surveys.domain.checking import taker
from surveys.domain.expressions import plain
from surveys.domain.questions import SCALES, Content, Question, Type

KNOWN_MOST = 10_000
"""Different answers that are remembered while many are read."""

NUMERIC = frozenset({Type.NUMBER, *SCALES})
TEXTS = frozenset({Type.TEXT, Type.EMAIL, Type.URL})


class Reading(StrEnum):
    """Kept as it is; coerced into what the new question takes; lost, for it takes nothing like it; or invalid: of the
    kind that the new question takes, but not what its rules allow."""

    KEPT = "kept"
    COERCED = "coerced"
    LOST = "lost"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Read:
    """How an answer is read, and as what."""

    reading: Reading
    answer: Json


def read(answer: Json, *, old: Question, new: Question | None, now: datetime) -> Read:
    """An answer to `old`, as `new` reads it; None is a question that is not asked any more."""
    return reader(old, new, now=now)(answer)


def reader(old: Question, new: Question | None, *, now: datetime) -> Callable[[Json], Read]:
    """Reads many answers to one question. What is given again and again is looked at once."""
    if new is None:
        return lambda answer: Read(Reading.LOST, None)
    if old == new:
        return lambda answer: Read(Reading.KEPT, answer)
    is_kin, is_taken, known = _kind(old) == _kind(new), taker(new, now=now), dict[str, Read]()

    def read_one(answer: Json) -> Read:
        key = repr(answer)
        found = known.get(key)
        if found is None:
            converted = answer if is_kin else _convert(answer, old, new)
            found = _judged(answer, converted, is_kin=is_kin, is_taken=converted is not None and is_taken(converted))
            if len(known) < KNOWN_MOST:
                known[key] = found
        return found

    return read_one


def _judged(answer: Json, converted: Json, *, is_kin: bool, is_taken: bool) -> Read:
    if is_taken:
        return Read(Reading.KEPT if _same(converted, answer) else Reading.COERCED, converted)
    return Read(Reading.INVALID, answer) if is_kin else Read(Reading.LOST, None)


def losing(old: Content, new: Content) -> tuple[str, ...]:
    """The questions some of whose answers may be lost: those not asked any more, and those of another type that cannot
    take every answer to the type before."""
    now = {each.id: each for each in new.questions}
    return tuple(each.id for each in old.questions if each.id not in now or not _is_total(each, now[each.id]))


def _is_total(old: Question, new: Question) -> bool:
    one, other = _kind(old), _kind(new)
    if one == other:
        return True
    if new.type is Type.TEXT and old.type is not Type.MULTIPLE_CHOICE:
        return not (new.min_length or new.max_length or new.pattern or new.not_pattern)
    if old.type is new.type is Type.MULTIPLE_CHOICE:
        return new.allow_multiple and old.options == new.options and (new.min_choices or 1) <= 1
    return False


def _kind(question: Question) -> tuple[object, ...]:
    """What decides the shape of answers: two questions of one kind take answers of one shape."""
    shapes: Mapping[Type, tuple[object, ...]] = {
        Type.MULTIPLE_CHOICE: (question.allow_multiple,),
        Type.DATE: (question.include_time, question.include_year),
        Type.TIME: (question.is_duration,),
    }
    return _group(question), *shapes.get(question.type, ())


def _convert(answer: Json, old: Question, new: Question) -> Json:
    """The answer in the shape that the new question takes; None where there is none."""
    return _CONVERSIONS[_group(new)](answer, old, new)


def _group(question: Question) -> Type:
    """One type for all whose answers are of one shape."""
    if question.type in NUMERIC:
        return Type.NUMBER
    if question.type in TEXTS:
        return Type.TEXT
    return Type.BOOLEAN if question.type is Type.CONSENT else question.type


def _as_text(answer: Json, old: Question) -> Json:
    labels = {option.value: option.label for option in old.options}
    if isinstance(answer, list | tuple):
        return ", ".join(str(_as_text(each, old)) for each in answer)
    if isinstance(answer, Mapping):
        return answer.get("text")
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    return labels.get(answer, answer) if isinstance(answer, str) else str(answer)


def _as_number(answer: Json, old: Question, new: Question) -> Json:
    if not isinstance(answer, str) or not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", answer.strip(), re.ASCII):
        return None
    return float(answer) if "." in answer else int(answer)


def _as_choice(answer: Json, old: Question, new: Question) -> Json:
    if old.type is Type.MULTIPLE_CHOICE:
        if new.allow_multiple:
            return [answer]
        return answer[0] if isinstance(answer, list | tuple) and len(answer) == 1 else None
    text = str(_as_text(answer, old)).strip().casefold()
    for option in new.options:
        if text in (option.value.casefold(), option.label.casefold()):
            return [option.value] if new.allow_multiple else option.value
    return None


def _as_date(answer: Json, old: Question, new: Question) -> Json:
    if not isinstance(answer, str):
        return None
    if old.type is Type.DATE:
        day = answer.partition("T")[0]
        is_shorter = not new.include_time and old.include_year
        return (day if new.include_year else day[5:]) if is_shorter else None
    return answer.strip() if old.type in TEXTS else None


def _as_time(answer: Json, old: Question, new: Question) -> Json:
    return answer.strip() if isinstance(answer, str) and old.type in TEXTS else None


def _as_flag(answer: Json, old: Question, new: Question) -> Json:
    words = {"yes": True, "true": True, "no": False, "false": False}
    return words.get(str(_as_text(plain(answer), old)).strip().casefold())


def _same(one: Json, other: Json) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


type _Conversion = Callable[[Json, Question, Question], Json]

_CONVERSIONS: Mapping[Type, _Conversion] = {
    Type.TEXT: lambda answer, old, new: _as_text(answer, old),
    Type.NUMBER: _as_number,
    Type.MULTIPLE_CHOICE: _as_choice,
    Type.DATE: _as_date,
    Type.TIME: _as_time,
    Type.BOOLEAN: _as_flag,
}
