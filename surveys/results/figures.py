"""What a tally says of each question, over all versions: as the newest version that asks it would read the answers.
Pure. "Not asked" is not "no answer", and an answer that cannot be read any more is said to be there.

A little past the usual length: one figure for each type of question, side by side.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cqrs.domain import Json
from surveys.domain import Content, Question, Reading, Type
from surveys.domain.comparing import reader
from surveys.domain.expressions import plain
from surveys.domain.questions import CHOSEN, SCALES
from surveys.results.counting import Tally
from surveys.results.histogram import ranges

APART_MOST = 10
"""Different numbers that have a bar each; more are shown in ranges."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer: how often it was given, and its share of those who answered, in percent. `is_offered`: the newest
    version takes it."""

    value: Any
    label: str
    count: int
    share: float
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One question over all versions. `asked` of those who responded were asked it, `answered` answered, `empty` left
    it empty, `unread` answered an earlier version what this one cannot read. `is_asked` by the version of now."""

    question: Question
    asked: int
    answered: int
    empty: int
    unread: int
    not_asked: int
    is_asked: bool
    bars: Sequence[Bar] = ()
    mean: float | None = None
    median: float | None = None
    nps: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        asked = self.question
        told = {"id": asked.id, "text": asked.text, "type": asked.type.value, "is_asked": self.is_asked}
        counts = {name: getattr(self, name) for name in ("asked", "answered", "empty", "unread", "not_asked")}
        bars = [{name: getattr(bar, name) for name in Bar.__dataclass_fields__} for bar in self.bars]
        return told | counts | {"answers": bars, "mean": self.mean, "median": self.median, "nps": self.nps}


def one_by_one(versions: Mapping[int, Content]) -> set[str]:
    """The questions whose answers are told apart: those that are chosen among a few, and numbers."""
    last = newest(versions)
    return {id for id, question in last.items() if question.type in CHOSEN or question.type is Type.NUMBER}


def newest(versions: Mapping[int, Content]) -> dict[str, Question]:
    """Each question as the newest version that asks it has it: those of the last version first, in its order."""
    found: dict[str, Question] = {}
    for number in sorted(versions, reverse=True):
        for question in versions[number].questions:
            found.setdefault(question.id, question)
    return found


def figures(versions: Mapping[int, Content], counted: Tally, *, now: datetime) -> list[Figure]:
    """One figure for each question that any version asks."""
    by_version = {number: {each.id: each for each in content.questions} for number, content in versions.items()}
    asked_now = by_version[max(by_version)] if by_version else {}
    return [
        _figure(question, by_version, counted, is_asked=id in asked_now, now=now)
        for id, question in newest(versions).items()
    ]


def _figure(
    question: Question,
    versions: Mapping[int, Mapping[str, Question]],
    counted: Tally,
    *,
    is_asked: bool,
    now: datetime,
) -> Figure:
    taken, refused, unread = Counter[Any](), Counter[Any](), 0
    keys = [(number, question.id) for number in versions]
    for number, old in ((number, each[question.id]) for number, each in versions.items() if question.id in each):
        reads = reader(old, question, now=now)
        for text, count in counted.answers.get((number, question.id), {}).items():
            if not text:
                continue
            found = reads(json.loads(text))
            unread += count if found.reading is Reading.LOST else 0
            for value in _values(found.answer):
                (refused if found.reading is Reading.INVALID else taken)[value] += count
    answered = sum(counted.given(key) for key in keys)
    empty = sum(counted.empty.get(key, 0) for key in keys)
    summed = _summed(question, taken, refused, answered - unread)
    return Figure(
        question,
        asked=answered + empty,
        answered=answered,
        empty=empty,
        unread=unread,
        not_asked=sum(counted.responses.values()) - answered - empty,
        is_asked=is_asked,
        **summed,
    )


def _values(answer: Json) -> list[Any]:
    values = plain(answer)
    return values if isinstance(values, list) else [] if values is None else [values]


def _summed(question: Question, taken: Counter[Any], refused: Counter[Any], answered: int) -> dict[str, Any]:
    found: dict[str, Any] = {"bars": [*_bars(question, taken, refused, answered)]}
    if question.type in SCALES or question.type is Type.NUMBER:
        found |= _averages(taken + refused)
    if question.type is Type.NPS and taken.total():
        good = sum(count for value, count in taken.items() if value >= 9)
        bad = sum(count for value, count in taken.items() if value <= 6)
        found["nps"] = round(100 * (good - bad) / taken.total())
    return found


def _averages(given: Counter[Any]) -> dict[str, float]:
    """Mean and median of numbers, each with how often it is there; of an even number the lower of the middle two."""
    middle, seen, total = (given.total() + 1) // 2, 0, given.total()
    for value in sorted(given):
        seen += given[value]
        if seen >= middle:
            mean = sum(float(each) * count for each, count in given.items()) / total
            return {"mean": round(mean, 2), "median": float(value)}
    return {}


def _bars(question: Question, taken: Counter[Any], refused: Counter[Any], answered: int) -> Iterator[Bar]:
    if question.type is Type.NUMBER and len(taken) > APART_MOST:
        yield from (Bar(range, range, count, _percent(count, answered)) for range, count in ranges(taken))
        return
    offered = dict(_offered(question, taken))
    for value, label in offered.items():
        yield Bar(value, label, taken[value], _percent(taken[value], answered))
    for value, count in (refused + Counter({v: n for v, n in taken.items() if v not in offered})).most_common(20):
        if question.type is not Type.NUMBER:
            yield Bar(value, str(value), count, _percent(count, answered), is_offered=False)


def _offered(question: Question, taken: Counter[Any]) -> Iterator[tuple[Any, str]]:
    match question.type:
        case Type.MULTIPLE_CHOICE:
            yield from ((each.value, each.label) for each in question.options)
        case Type.BOOLEAN | Type.CONSENT:
            labels = question.labels
            yield from ((True, labels.get("true", "Yes")), (False, labels.get("false", "No")))
        case Type.NUMBER:
            yield from ((each, f"{each:g}") for each in sorted(taken))
        case type if type in SCALES:
            yield from ((each, question.labels.get(str(each), str(each))) for each in question.points)


def _percent(count: int, total: int) -> float:
    return round(100 * count / total, 1) if total else 0.0
