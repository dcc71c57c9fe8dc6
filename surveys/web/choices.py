"""The options of a question as rows of controls, and back: the last row is empty, for one more; a row whose words are
taken away is gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify

from surveys.domain.reading import OPTIONS_MOST


@dataclass(frozen=True, slots=True)
class Row:
    """One option, or the empty row."""

    number: str
    value: str = ""
    label: str = ""
    skip_to: str = ""
    is_other: bool = False


def rows(options: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The options, and an empty row."""
    found = [_row(str(number), each) for number, each in enumerate(options)]
    return [*found, Row(str(len(found)))]


def read(form: QueryDict) -> list[dict[str, Any]]:
    """What the rows say, without the one that `options.drop` names, and with the one that `options.up` names before
    the one above it."""
    found = [each for number, each in _filled(form) if str(number) != form.get("options.drop")]
    up = form.get("options.up")
    if at := next((place for place, each in enumerate(found) if up and each["value"] == up), 0):
        found[at - 1], found[at] = found[at], found[at - 1]
    taken = {each["value"] for each in found}
    for each in found:
        each["value"] = each["value"] or _new(each["label"], taken)
        taken.add(each["value"])
    return found


def _row(number: str, option: Mapping[str, Any]) -> Row:
    value = option["value"]
    return Row(number, value, option.get("label") or value, option.get("skip_to", ""), bool(option.get("is_other")))


def _filled(form: QueryDict) -> Iterator[tuple[int, dict[str, Any]]]:
    for number in range(OPTIONS_MOST + 1):
        name = f"options.{number}"
        if label := form.get(f"{name}.label", "").strip():
            value, to = form.get(f"{name}.value", ""), form.get(f"{name}.skip_to", "")
            yield number, {"value": value, "label": label, "skip_to": to, "is_other": f"{name}.is_other" in form}


def _new(label: str, taken: set[str]) -> str:
    """What a new option is stored as: its words, as far as they are letters of an address."""
    word = slugify(label)[:40] or "option"
    if word not in taken:
        return word
    number = 2
    while f"{word}-{number}" in taken:
        number += 1
    return f"{word}-{number}"
