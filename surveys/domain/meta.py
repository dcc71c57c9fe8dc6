"""The meta-schema: how a form is written, as a JSON Schema (2020-12). Published as docs/reference/survey-form.json."""

from typing import Any

from surveys.domain.expressions import JOINS, Op
from surveys.domain.questions import FLAGS, RULES, SHARED, Type
from surveys.domain.schema import DIALECT

type Schema = dict[str, Any]

_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$"}
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": ["integer", "null"], "minimum": 0}
_NUMBER: Schema = {"type": ["number", "null"]}
_DAY: Schema = {"type": "string", "pattern": r"^(today|\d{4}-\d{2}-\d{2})?$"}
_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_MAYBE: Schema = {"anyOf": [_CONDITION, {"type": "null"}]}

_FIELDS: dict[str, Schema] = {
    "id": _ID,
    "visible_if": _MAYBE,
    "required_if": _MAYBE,
    "skip_to": {"anyOf": [_TEXT, {"type": "array", "items": {"$ref": "#/$defs/skip"}}]},
    "options": {"type": "array", "items": {"$ref": "#/$defs/option"}},
    "labels": {"type": "object", "additionalProperties": _TEXT},
    "not_between": {"anyOf": [{"type": "array", "prefixItems": [{"type": "number"}] * 2, "items": False, "minItems": 2},
                              {"type": "null"}]},
    "min_date": _DAY,
    "max_date": _DAY,
    **dict.fromkeys(("min_length", "max_length", "min_choices", "max_choices"), _WHOLE),
    **dict.fromkeys(("min", "max", "above", "below"), _NUMBER),
    **dict.fromkeys(("text", "help", "error", "placeholder", "pattern", "not_pattern", "symbol"), _TEXT),
}  # fmt: skip
"""Any other field of a question is true or false."""


def meta_schema() -> Schema:
    """The schema of `{"title", "description", "sections", "settings"}`."""
    questions = [_question(type) for type in Type]
    sections = {"type": "array", "items": {"$ref": "#/$defs/section"}, "maxItems": 100}
    properties = {"title": _TEXT, "description": _TEXT, "sections": sections, "settings": _settings()}
    definitions = {
        "section": _section(),
        "question": {"oneOf": questions},
        "option": _object({"value": _TEXT, "label": _TEXT, "skip_to": _TEXT, "is_other": _FLAG}, ["value"]),
        "skip": _object({"to": _TEXT, "when": _MAYBE}, ["to"]),
        "condition": {"oneOf": [_comparison(), _joined()]},
    }
    whole = _object(properties, ["title", "sections"])
    return {"$schema": DIALECT, "title": "A survey's form"} | whole | {"$defs": definitions}


def _question(type: Type) -> Schema:
    names = [name for name in (*SHARED, *RULES[type]) if name != "type"]
    fields = {"type": {"const": type.value}} | {name: _FIELDS.get(name, _FLAG) for name in names}
    return _object(fields, ["type"])


def _section() -> Schema:
    questions = {"type": "array", "items": {"$ref": "#/$defs/question"}, "maxItems": 500}
    words = {"id": _ID, "title": _TEXT, "description": _TEXT, "skip_to": _TEXT}
    return _object(words | {"questions": questions, "visible_if": _MAYBE}, [])


def _settings() -> Schema:
    bounds: Schema = {"closes_at": {"type": ["string", "null"], "format": "date-time"}, "max_responses": _WHOLE}
    return _object(dict.fromkeys(FLAGS, _FLAG) | bounds, [])


def _comparison() -> Schema:
    scalar = {"type": ["string", "number", "boolean", "null"]}
    value = {"anyOf": [scalar, {"type": "array", "items": scalar}]}
    ops = {"enum": sorted(op.value for op in Op if op not in JOINS)}
    return _object({"op": ops, "question": _TEXT, "value": value}, ["op", "question"])


def _joined() -> Schema:
    of = {"type": "array", "items": _CONDITION, "maxItems": 50}
    return _object({"op": {"enum": sorted(op.value for op in JOINS)}, "of": of}, ["op", "of"])


def _object(properties: Schema, required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": properties}
    return found | ({"required": required} if required else {}) | {"additionalProperties": False}
