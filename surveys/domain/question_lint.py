"""What is wrong with one question by itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from surveys.domain.checking import is_day, is_pattern
from surveys.domain.questions import SCALES, TODAY, Question, Type

PATTERN_MOST = 500
"""Characters of a pattern."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps a form from being published."""

    pointer: str
    code: str
    detail: str


def options(question: Question, pointer: str) -> Iterator[Finding]:
    """A choice has options, each once, and a number of choices that fits."""
    if question.type is not Type.MULTIPLE_CHOICE:
        return
    if not question.options:
        yield Finding(f"{pointer}/options", "no_options", "A choice needs at least one option.")
    values = Counter(option.value for option in question.options)
    for number, option in enumerate(question.options):
        if values[option.value] > 1 or not option.value:
            detail = f"The value {option.value!r} is there twice." if option.value else "An option needs a value."
            yield Finding(f"{pointer}/options/{number}/value", "duplicate_value", detail)
    low, high = question.min_choices, question.max_choices
    if low is not None and low > len(question.options):
        yield Finding(f"{pointer}/min_choices", "impossible", "There are not so many options.")
    if (low is not None and high is not None and low > high) or (high is not None and high < 1):
        yield Finding(f"{pointer}/max_choices", "impossible", "No number of choices fits.")


def bounds(question: Question, pointer: str) -> Iterator[Finding]:
    """Something is large enough and small enough."""
    length = question.min_length, question.max_length
    if (length[0] is not None and length[1] is not None and length[0] > length[1]) or length[1] == 0:
        yield Finding(f"{pointer}/max_length", "impossible", "No text is long enough and short enough.")
    if question.type in SCALES and not 2 <= len(question.points) <= 101:
        yield Finding(f"{pointer}/max", "impossible", "A scale has 2 to 101 points.")
    lows = [each for each in (question.min, question.above) if each is not None]
    highs = [each for each in (question.max, question.below) if each is not None]
    if question.type is Type.NUMBER and lows and highs and max(lows) > min(highs):
        yield Finding(f"{pointer}/max", "impossible", "No number is large enough and small enough.")


def patterns(question: Question, pointer: str) -> Iterator[Finding]:
    """A pattern is one, and checked in linear time."""
    for name in ("pattern", "not_pattern"):
        text = getattr(question, name)
        if len(text) > PATTERN_MOST:
            yield Finding(f"{pointer}/{name}", "impossible", f"A pattern has at most {PATTERN_MOST} characters.")
        elif text and not is_pattern(text):
            detail = "This pattern cannot be used: it is malformed, or it looks around or back."
            yield Finding(f"{pointer}/{name}", "impossible", detail)


def dates(question: Question, pointer: str) -> Iterator[Finding]:
    """Bounds are days, and one fits between them."""
    days = {name: getattr(question, name) for name in ("min_date", "max_date")}
    for name, bound in days.items():
        if bound and bound != TODAY and not is_day(bound):
            yield Finding(f"{pointer}/{name}", "impossible", "There is no such day.")
        if bound and not question.include_year:
            yield Finding(f"{pointer}/{name}", "impossible", "Days without a year have no first or last one.")
    low, high = days.values()
    if low and high and TODAY not in (low, high) and low > high:
        yield Finding(f"{pointer}/max_date", "impossible", "No day is late enough and early enough.")
