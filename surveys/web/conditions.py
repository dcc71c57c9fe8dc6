"""A condition as rows of three controls: which question, how it is compared, with what; several rows hold together or
one by one. What no rows can say is JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from cqrs.domain import Json
from surveys.domain import Question, Type
from surveys.domain.comparing import NUMERIC
from surveys.domain.expressions import JOINS, Op
from surveys.web.json_fields import parse_field

OPS: Mapping[Op, str] = {
    Op.ANSWERED: "is answered",
    Op.EQ: "is",
    Op.NE: "is not",
    Op.IN: "is one of",
    Op.CONTAINS: "contains",
    Op.GT: "is more than",
    Op.GTE: "is at least",
    Op.LT: "is less than",
    Op.LTE: "is at most",
}
ROWS_MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `choices` are the values there are, where there are only a few; an empty row has no question."""

    number: str
    question: str = ""
    op: str = ""
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()

    @property
    def compares(self) -> bool:
        """Whether it asks for a value."""
        return bool(self.question) and self.op != Op.ANSWERED


@dataclass(frozen=True, slots=True)
class Shown:
    """What the controls hold: rows, the last one empty, and how they are joined; or `json`."""

    rows: Sequence[Row] = (Row("0"),)
    join: str = Op.AND
    json: str = ""


def shown(condition: Mapping[str, Any] | None, questions: Sequence[Question]) -> Shown:
    """A condition for its controls."""
    if condition is None:
        return Shown()
    is_joined = condition["op"] in (Op.AND, Op.OR)
    found = condition.get("of", ()) if is_joined else [condition]
    if len(found) >= ROWS_MOST or any(each["op"] in JOINS for each in found):
        return Shown(json=json.dumps(condition))
    by_id = {each.id: each for each in questions}
    rows = [_row(number, each, by_id.get(each.get("question", ""))) for number, each in enumerate(found)]
    return Shown([*rows, Row(str(len(rows)))], condition["op"] if is_joined else Op.AND)


def read(form: QueryDict, name: str, questions: Sequence[Question]) -> Json:
    """What the controls say; None for no condition. InvalidForm."""
    if text := form.get(f"{name}.json", "").strip():
        parsed: Json = parse_field(text, pointer=f"/{name}")
        return parsed
    by_id = {each.id: each for each in questions}
    names = [f"{name}.{number}" for number in range(ROWS_MOST)]
    found: list[Json] = [_comparison(form, each, by_id) for each in names if form.get(f"{each}.question")]
    if len(found) < 2:
        return found[0] if found else None
    return {"op": Op.OR.value if form.get(f"{name}.join") == Op.OR else Op.AND.value, "of": found}


def _row(number: int, condition: Mapping[str, Any], about: Question | None) -> Row:
    value = condition.get("value")
    values = value if isinstance(value, list) else [value]
    choices = _choices(about) if condition["op"] in (Op.EQ, Op.NE, Op.CONTAINS) else ()
    return Row(str(number), condition.get("question", ""), condition["op"], ", ".join(map(_text, values)), choices)


def _choices(about: Question | None) -> list[tuple[str, str]]:
    if about is None:
        return []
    if about.type in (Type.BOOLEAN, Type.CONSENT):
        return [("yes", "Yes"), ("no", "No")]
    return [(each.value, each.label) for each in about.options]


def _comparison(form: QueryDict, name: str, questions: Mapping[str, Question]) -> dict[str, Json]:
    id, op = form.get(f"{name}.question", ""), form.get(f"{name}.op", "") or Op.ANSWERED.value
    if op == Op.ANSWERED:
        return {"op": op, "question": id}
    text, about = form.get(f"{name}.value", "").strip(), questions.get(id)
    if op == Op.IN:
        return {"op": op, "question": id, "value": [_typed(e.strip(), about) for e in text.split(",") if e.strip()]}
    return {"op": op, "question": id, "value": _typed(text, about)}


def _typed(value: str, about: Question | None) -> Json:
    """A text as the kind of value that the question's answers are."""
    if about is None:
        return value
    if about.type in (Type.BOOLEAN, Type.CONSENT):
        return {"yes": True, "true": True, "no": False, "false": False}.get(value.casefold(), value)
    if about.type in NUMERIC:
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def _text(value: Any) -> str:
    return "" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
