"""Conditions as data: a small tree over earlier answers, read without `eval`, so that any language can evaluate it.

    {"op": "and", "of": [{"op": "eq", "question": "q1", "value": "yes"}, {"op": "answered", "question": "q2"}]}

`static/surveys/logic.js` says the same in JavaScript; `tests/vectors.json` holds the two equal.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Any

from cqrs.domain import Json

type Scalar = bool | int | float | str | None
type Answers = Mapping[str, Json]
"""By question id. An empty answer is not there."""


class Op(StrEnum):
    """What is asked of an answer, and how conditions are joined."""

    ANSWERED = "answered"
    EQ = "eq"
    NE = "ne"
    IN = "in"
    CONTAINS = "contains"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    AND = "and"
    OR = "or"
    NOT = "not"


JOINS = frozenset({Op.AND, Op.OR, Op.NOT})
ORDERS = frozenset({Op.GT, Op.GTE, Op.LT, Op.LTE})


@dataclass(frozen=True)
class Expression:
    """One condition, on `question` and `value`, or on others, `of`."""

    op: Op
    question: str = ""
    value: Scalar | tuple[Scalar, ...] = None
    of: "tuple[Expression, ...]" = ()


def holds(condition: Expression | None, answers: Answers) -> bool:
    """Whether it is so; always, where there is no condition. Whatever is asked of a missing answer is not so."""
    if condition is None:
        return True
    match condition.op:
        case Op.AND:
            return all(holds(each, answers) for each in condition.of)
        case Op.OR:
            return any(holds(each, answers) for each in condition.of)
        case Op.NOT:
            return not any(holds(each, answers) for each in condition.of)
    if condition.question not in answers:
        return False
    return _compares(condition, plain(answers[condition.question]))


def plain(answer: Json) -> Any:
    """An answer without the text beside an option: `{"value": "other", "text": "…"}` is `other`."""
    if isinstance(answer, Mapping):
        return answer.get("value")
    return [plain(each) for each in answer] if isinstance(answer, list | tuple) else answer


def parts(condition: Expression | None, pointer: str = "") -> Iterator[tuple[str, Expression]]:
    """The condition and all it is made of, each with a pointer to it."""
    if condition is None:
        return
    yield pointer, condition
    for number, each in enumerate(condition.of):
        yield from parts(each, f"{pointer}/of/{number}")


def _compares(condition: Expression, answer: Any) -> bool:
    value = condition.value
    match condition.op:
        case Op.ANSWERED:
            return True
        case Op.EQ:
            return _same(answer, value)
        case Op.NE:
            return not _same(answer, value)
        case Op.IN:
            return isinstance(value, tuple) and any(_same(answer, each) for each in value)
        case Op.CONTAINS:
            return _contains(answer, value)
    return _ordered(condition.op, answer, value)


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one kind: 1 is not true."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _contains(answer: Any, value: Any) -> bool:
    if isinstance(answer, list):
        return any(_same(each, value) for each in answer)
    return isinstance(answer, str) and isinstance(value, str) and value in answer


def _ordered(op: Op, answer: Any, value: Any) -> bool:
    one, other = _rank(answer), _rank(value)
    if one is None or other is None or type(one) is not type(other):
        return False
    return bool(_ORDERED[op](one, other))


def _rank(value: Any) -> Any:
    """Numbers by size; texts, which are dates and times, as JavaScript orders them: by UTF-16 unit."""
    if isinstance(value, str):
        return value.encode("utf-16-be", "surrogatepass")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_ORDERED: Mapping[Op, Callable[[Any, Any], Any]] = {Op.GT: gt, Op.GTE: ge, Op.LT: lt, Op.LTE: le}
