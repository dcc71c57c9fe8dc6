"""A condition as three controls: which question, how it is compared, with what. One that is made of others is JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from surveys.domain import Question, Type
from surveys.domain.comparing import NUMERIC
from surveys.domain.expressions import JOINS, Op
from surveys.domain.values import InvalidForm

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


@dataclass(frozen=True, slots=True)
class Shown:
    """What the controls hold; `json` where the condition is made of others."""

    question: str = ""
    op: str = ""
    value: str = ""
    json: str = ""


def shown(condition: Mapping[str, Any] | None) -> Shown:
    """A condition for its controls."""
    if condition is None:
        return Shown()
    if condition["op"] in JOINS:
        return Shown(json=json.dumps(condition))
    value = condition.get("value")
    values = value if isinstance(value, list) else [value]
    return Shown(condition.get("question", ""), condition["op"], ", ".join(map(_text, values)))


def read(form: QueryDict, name: str, questions: Sequence[Question]) -> Any:
    """What the controls say; None for no condition. InvalidForm."""
    if text := form.get(f"{name}.json", "").strip():
        try:
            return json.loads(text)
        except ValueError:
            raise InvalidForm("This is not JSON.", pointer=f"/{name}") from None
    id, op = form.get(f"{name}.question", ""), form.get(f"{name}.op", "") or Op.ANSWERED
    if not id:
        return None
    about = next((each for each in questions if each.id == id), None)
    value: Any = form.get(f"{name}.value", "").strip()
    if op == Op.IN:
        value = [_typed(each.strip(), about) for each in value.split(",") if each.strip()]
    return {"op": op, "question": id} | ({} if op == Op.ANSWERED else {"value": _typed(value, about)})


def _typed(value: Any, about: Question | None) -> Any:
    """A text as the kind of value that the question's answers are."""
    if about is None or not isinstance(value, str):
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
