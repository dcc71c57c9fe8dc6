"""What a form is made of: sections of questions, each of a type with rules of its own.

A little past the usual length: the types of questions are read beside each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from surveys.domain.expressions import Expression

END = "end"
"""Where a skip may lead besides sections and questions: past the last one."""

TODAY = "today"

type Number = int | float


class Type(StrEnum):
    TEXT = "text"
    MULTIPLE_CHOICE = "multiple_choice"
    LINEAR_SCALE = "linear_scale"
    RATING = "rating"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    EMAIL = "email"
    URL = "url"
    NPS = "nps"
    CONSENT = "consent"


@dataclass(frozen=True)
class Option:
    """One choice. `is_other` asks for a text beside it; `skip_to` names where choosing it leads."""

    value: str
    label: str = ""
    skip_to: str = ""
    is_other: bool = False


@dataclass(frozen=True)
class Skip:
    """Once its question is past: on to a section, a question or the end, where the condition holds."""

    to: str
    when: Expression | None = None


@dataclass(frozen=True)
class Question:
    """One question. Which of the rules below `required` a type has is in RULES; the others stay as they are here.

    `labels` name points of a scale; `above` and `below` are bounds that are not reached; dates are `2026-11-24` or
    `today`; `error` is said instead of our own words.
    """

    id: str
    type: Type
    text: str = ""
    help: str = ""
    required: bool = False
    visible_if: Expression | None = None
    required_if: Expression | None = None
    skip_to: tuple[Skip, ...] = ()
    error: str = ""
    placeholder: str = ""
    is_long: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    not_pattern: str = ""
    options: tuple[Option, ...] = ()
    allow_multiple: bool = False
    as_dropdown: bool = False
    shuffle_options: bool = False
    min_choices: int | None = None
    max_choices: int | None = None
    min: Number | None = None
    max: Number | None = None
    above: Number | None = None
    below: Number | None = None
    not_between: tuple[Number, Number] | None = None
    is_whole: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    symbol: str = ""
    min_date: str = ""
    max_date: str = ""
    include_time: bool = False
    include_year: bool = True
    is_duration: bool = False

    @property
    def points(self) -> range:
        """The answers of a scale."""
        low, high = SCALES[self.type]
        return range(int(low if self.min is None else self.min), int(high if self.max is None else self.max) + 1)


SHARED = ("id", "type", "text", "help", "required", "visible_if", "required_if", "skip_to", "error")
"""The fields of every question."""

_LENGTH = ("placeholder", "min_length", "max_length")
RULES: Mapping[Type, tuple[str, ...]] = {
    Type.TEXT: (*_LENGTH, "is_long", "pattern", "not_pattern"),
    Type.MULTIPLE_CHOICE: (
        "options",
        "allow_multiple",
        "as_dropdown",
        "shuffle_options",
        "min_choices",
        "max_choices",
    ),
    Type.LINEAR_SCALE: ("min", "max", "labels"),
    Type.RATING: ("min", "max", "labels", "symbol"),
    Type.BOOLEAN: ("labels",),
    Type.DATE: ("min_date", "max_date", "include_time", "include_year"),
    Type.TIME: ("is_duration",),
    Type.NUMBER: ("placeholder", "min", "max", "above", "below", "not_between", "is_whole"),
    Type.EMAIL: _LENGTH,
    Type.URL: _LENGTH,
    Type.NPS: ("labels",),
    Type.CONSENT: (),
}
"""The fields of each type."""

SCALES: Mapping[Type, tuple[int, int]] = {Type.LINEAR_SCALE: (0, 10), Type.RATING: (1, 5), Type.NPS: (0, 10)}
"""The first and last point of a scale that does not say."""

CHOSEN = frozenset({Type.MULTIPLE_CHOICE, Type.BOOLEAN, Type.CONSENT, *SCALES})
"""Types whose answers are among a few, so that they can be counted one by one."""


@dataclass(frozen=True)
class Section:
    """Questions under one heading. `skip_to` is where its end leads, if not to the next one."""

    id: str
    title: str = ""
    description: str = ""
    questions: tuple[Question, ...] = ()
    visible_if: Expression | None = None
    skip_to: str = ""


@dataclass(frozen=True)
class Settings:
    """How a form is shown, and who may answer it until when. An anonymous form stores of nobody who they are;
    `one_per_person` takes one response of each member. `stepwise` shows one section after the other."""

    allow_anonymous: bool = False
    show_progress_bar: bool = False
    randomize_questions: bool = False
    closes_at: datetime | None = None
    max_responses: int | None = None
    one_per_person: bool = False
    stepwise: bool = False


FLAGS = tuple(each.name for each in fields(Settings) if each.type is bool)
"""The settings that are on or off."""


@dataclass(frozen=True)
class Content:
    """All that is published together."""

    title: str
    description: str = ""
    sections: tuple[Section, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def questions(self) -> Iterator[Question]:
        """The questions, in order."""
        return (question for section in self.sections for question in section.questions)
