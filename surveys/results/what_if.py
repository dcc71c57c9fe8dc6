"""What publishing a draft would do to the answers there are: per question, with some of them as they would be read."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cqrs.domain import Json
from face.ids import public_id
from surveys.domain import Content, Question, Read, Reading
from surveys.domain.comparing import reader
from surveys.models import ResponseRow
from surveys.results.counting import tally

SAMPLES_MOST = 5
"""Of each reading of each question."""

CHUNK = 2000

type Row = tuple[str, int, Mapping[str, Json], Sequence[str]]
"""A response's id, the number of the version it answers, its answers, and what it left empty."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A response, what it answers, and what that would be read as."""

    response: str
    reading: Reading
    answer: Json
    becomes: Json


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a question's answers; a required one that was left empty is `invalid` too."""

    question: str
    text: str
    counts: Counter[Reading] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    @property
    def is_announced(self) -> bool:
        """Whether any answer is not simply kept."""
        return self.counts.total() > self.counts[Reading.KEPT]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        samples = [{name: getattr(each, name) for name in Sample.__dataclass_fields__} for each in self.samples]
        counts = {reading.value: self.counts[reading] for reading in Reading}
        return {"question": self.question, "text": self.text} | counts | {"samples": samples}

    def note(self, response: str, reading: Reading, answer: Json, becomes: Json) -> None:
        """Count one answer; the first ones that are not kept are samples."""
        self.counts[reading] += 1
        is_told = reading is not Reading.KEPT and self.counts[reading] <= SAMPLES_MOST
        if is_told:
            self.samples.append(Sample(public_id(response), reading, answer, becomes))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question that the draft has otherwise, or not any more: how answers to it are read then."""

    id: str
    reads: Callable[[Json], Read]
    is_required_now: bool

    @classmethod
    def of(cls, old: Question, new: Question | None, *, now: datetime) -> "_Pair":
        return cls(old.id, reader(old, new, now=now), new is not None and new.required)


def what_if(
    rows: QuerySet[ResponseRow], versions: Mapping[int, Content], draft: Content, *, now: datetime
) -> list[Effect]:
    """One effect for each question that has answers, or could have had. What is not changed is only counted."""
    later = {each.id: each for each in draft.questions}
    earlier = {number: {each.id: each for each in content.questions} for number, content in versions.items()}
    found = {each.id: Effect(each.id, each.text) for content in versions.values() for each in content.questions}
    changed = {
        number: [_Pair.of(old, later.get(id), now=now) for id, old in questions.items() if old != later.get(id)]
        for number, questions in earlier.items()
    }
    _count_kept(rows, changed, found)
    if any(changed.values()):
        for row in _read(rows):
            for pair in changed.get(row[1], ()):
                _note(found[pair.id], row, pair)
    return list(found.values())


def _count_kept(rows: QuerySet[ResponseRow], changed: Mapping[int, Sequence[_Pair]], found: dict[str, Effect]) -> None:
    counted = tally(rows, one_by_one=())
    looked_at = {(number, pair.id) for number, pairs in changed.items() for pair in pairs}
    for number, question in counted.answers:
        if (number, question) not in looked_at and question in found:
            found[question].counts[Reading.KEPT] += counted.given((number, question))


def _note(effect: Effect, row: Row, pair: _Pair) -> None:
    id, _, answers, unanswered = row
    if pair.id in answers:
        got = pair.reads(answers[pair.id])
        effect.note(id, got.reading, answers[pair.id], got.answer)
    elif pair.is_required_now and pair.id in unanswered:
        effect.note(id, Reading.INVALID, None, None)


def _read(rows: QuerySet[ResponseRow]) -> Iterator[Row]:
    columns = rows.order_by().values_list("id", "number", "answers", "unanswered")
    return columns.iterator(chunk_size=CHUNK)
