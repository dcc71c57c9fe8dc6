"""Two older ways to write a form, turned into ours: camelCase names in sections, and a flat list of kebab-case types
whose rules stand under `validation`. What is neither comes out as it went in, for the reader to refuse."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cqrs.domain import Json
from surveys.domain.questions import END

type Raw = Mapping[str, Json]

_NAMES = {
    "label": "text",
    "description": "help",
    "multiple": "allow_multiple",
    "long": "is_long",
    "levels": "max",
}
_TYPES: Mapping[str, dict[str, Json]] = {
    "short-text": {"type": "text"},
    "long-text": {"type": "text", "is_long": True},
    "single-choice": {"type": "multiple_choice"},
    "multiple-choice": {"type": "multiple_choice", "allow_multiple": True},
    "dropdown": {"type": "multiple_choice", "as_dropdown": True},
    "linear-scale": {"type": "linear_scale"},
}
_HEADER = "section-header"


def usual_question(raw: Raw) -> dict[str, Json]:
    """A question with our names for its type and its rules."""
    found = {_name(key, _NAMES): value for key, value in raw.items()}
    validation = found.pop("validation", None)
    if isinstance(kind := found.get("type"), str):
        found |= _TYPES.get(kind, {})
    if isinstance(options := found.get("options"), list):
        found["options"] = [_usual_option(each) for each in options]
    if found.pop("answer_type", None) == "duration":
        found["is_duration"] = True
    _name_ends(found)
    return _ruled(found, validation) if isinstance(validation, Mapping) else found


def usual_section(raw: Raw) -> dict[str, Json]:
    """A section with our names; a header's action is where its end leads."""
    found = {_name(key): value for key, value in raw.items() if key != "type"}
    action = found.pop("action", None)
    if isinstance(action, Mapping):
        found["skip_to"] = END if action.get("type") == "submit" else action.get("targetSectionId")
    return found


def usual_settings(raw: Raw) -> dict[str, Json]:
    """Settings with our names."""
    return {_name(key): value for key, value in raw.items()}


def flat_as_sections(items: Sequence[Raw]) -> list[Json]:
    """A flat list as sections: each header begins one."""
    found: list[dict[str, Any]] = []
    for item in items:
        is_header = item.get("type") == _HEADER
        if is_header or not found:
            found.append((dict(item) if is_header else {}) | {"questions": []})
        if not is_header:
            found[-1]["questions"].append(item)
    return list(found)


def _usual_option(raw: Json) -> Json:
    if isinstance(raw, str):
        return {"value": raw, "label": raw}
    if not isinstance(raw, Mapping):
        return raw
    return {_name(key, {"next_section_id": "skip_to"}): value for key, value in raw.items()}


def _name_ends(question: dict[str, Json]) -> None:
    """`minLabel` and `maxLabel` are labels of the first and the last point."""
    labels = question.get("labels")
    for end, default in (("min", 0), ("max", 10)):
        if (label := question.pop(f"{end}_label", None)) and (labels is None or isinstance(labels, Mapping)):
            labels = {**(labels or {}), str(question.get(end, default)): label}
            question["labels"] = labels


def _ruled(question: dict[str, Json], validation: Raw) -> dict[str, Json]:
    found = question | {_name(key): value for key, value in validation.items() if key != "custom"}
    custom = validation.get("custom")
    if not isinstance(custom, Mapping):
        return found
    rule, value = str(custom.get("rule")), custom.get("value")
    rules = _CUSTOM.get((str(custom.get("type", "choices")), rule))
    if rules is None:
        return found | {"validation": validation}
    error = {"error": custom["customError"]} if custom.get("customError") else {}
    return found | rules(value, custom.get("value2")) | error


def _name(key: str, names: Mapping[str, str] | None = None) -> str:
    """`maxLength` is `max_length`."""
    snake = re.sub(r"(?<=[a-z0-9])[A-Z]", lambda found: f"_{found[0]}", key).lower()
    return (names or {}).get(snake, snake)


type _Rule = Callable[[Any, Any], dict[str, Json]]

_CUSTOM: Mapping[tuple[str, str], _Rule] = {
    ("number", "gt"): lambda value, _: {"type": "number", "above": value},
    ("number", "gte"): lambda value, _: {"type": "number", "min": value},
    ("number", "lt"): lambda value, _: {"type": "number", "below": value},
    ("number", "lte"): lambda value, _: {"type": "number", "max": value},
    ("number", "eq"): lambda value, _: {"type": "number", "min": value, "max": value},
    ("number", "neq"): lambda value, _: {"type": "number", "not_between": [value, value]},
    ("number", "between"): lambda low, high: {"type": "number", "min": low, "max": high},
    ("number", "not_between"): lambda low, high: {"type": "number", "not_between": [low, high]},
    ("number", "is_number"): lambda *_: {"type": "number"},
    ("number", "is_whole"): lambda *_: {"type": "number", "is_whole": True},
    ("text", "contains"): lambda value, _: {"pattern": _literally(value)},
    ("text", "not_contains"): lambda value, _: {"not_pattern": _literally(value)},
    ("text", "is_email"): lambda *_: {"type": "email"},
    ("text", "is_url"): lambda *_: {"type": "url"},
    ("length", "min"): lambda value, _: {"min_length": value},
    ("length", "max"): lambda value, _: {"max_length": value},
    ("regex", "contains"): lambda value, _: {"pattern": value},
    ("regex", "not_contains"): lambda value, _: {"not_pattern": value},
    ("regex", "matches"): lambda value, _: {"pattern": f"^(?:{value})$"},
    ("regex", "not_matches"): lambda value, _: {"not_pattern": f"^(?:{value})$"},
    ("choices", "min"): lambda value, _: {"min_choices": value},
    ("choices", "max"): lambda value, _: {"max_choices": value},
    ("choices", "exact"): lambda value, _: {"min_choices": value, "max_choices": value},
}
"""What a rule of the flat list's `custom` is with us: by its kind and name, of its one or two values."""


def _literally(text: object) -> str:
    """A pattern that finds this text; only what has a meaning in patterns is escaped, as JavaScript wants it."""
    return re.sub(r"[\\^$.*+?()[\]{}|/]", lambda found: f"\\{found[0]}", str(text))
