"""A form's fields as a rule's arguments, and a state's values as a form's fields.

What is nested is named by its path: `price.amount`, `items.0.sku`; the pointer of a refusal names it alike. Money is
typed in decimals and kept in minor units.
"""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from django.http import QueryDict
from pydantic import ValidationError

from cqrs.codec import encode
from cqrs.domain import Json, Rule
from cqrs.domain.money import Money
from face import money
from face.arguments import body_model
from face.instants import all_to_utc
from face.json_documents import faults
from face.refusals import Malformed


def form_args(rule: Rule[Any], form: QueryDict) -> dict[str, Any]:
    """A form's fields as the rule's arguments: only those it takes, empty ones as None where None is one, a text of
    commas or repeated fields as a tuple; of numbered ones, those that hold something. Malformed, with a pointer to each
    fault; InvalidMoney."""
    takes = {name: field.annotation for name, field in body_model(rule).model_fields.items() if name != "version"}
    given = {name: _value(form, name, kind) for name, kind in takes.items() if _is_there(form, name)}
    try:
        model = body_model(rule).model_validate(given, strict=False)
    except ValidationError as error:
        raise Malformed(faults(error)) from None
    return {name: all_to_utc(getattr(model, name), pointer=f"/{name}") for name in given}


def texts(state: object) -> dict[str, str]:
    """A state as the texts that a form's fields hold."""
    return dict(each for name, value in encode(state).items() for each in _texts(name, value))


def numbers(form: QueryDict, name: str) -> list[int]:
    """Of the fields `name.0`, `name.1.sku` …, the numbers under which something was typed, in order."""
    found = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})(\..*)?")
    return sorted({int(match[1]) for field, text in form.items() if text and (match := found.fullmatch(field))})


def _value(form: QueryDict, name: str, kind: Any) -> Any:
    is_optional = NoneType in get_args(kind)
    if is_optional and len(get_args(kind)) == 2:
        [kind] = set(get_args(kind)) - {NoneType}
    if kind is Money:
        return _money(form, name)
    if is_dataclass(kind):
        return _nested(form, name, kind)
    if get_origin(kind) is tuple:
        return _many(form, name, get_args(kind)[0])
    text = form.get(name, "")
    return None if not text and is_optional else text


def _nested(form: QueryDict, name: str, kind: Any) -> dict[str, Any]:
    fields = {field: (f"{name}.{field}", each) for field, each in get_type_hints(kind).items()}
    return {field: _value(form, path, each) for field, (path, each) in fields.items() if _is_there(form, path)}


def _many(form: QueryDict, name: str, kind: Any) -> tuple[Any, ...]:
    if name not in form:
        return tuple(_value(form, f"{name}.{number}", kind) for number in numbers(form, name))
    return tuple(part.strip() for text in form.getlist(name) for part in text.split(",") if part.strip())


def _money(form: QueryDict, name: str) -> dict[str, Any]:
    currency = form.get(f"{name}.currency", "").strip().upper()
    amount = money.minor_units(form.get(f"{name}.amount", ""), currency, pointer=f"/{name}/amount")
    return {"amount": amount, "currency": currency}


def _is_there(form: QueryDict, name: str) -> bool:
    return name in form or any(field.startswith(f"{name}.") for field in form)


def _texts(name: str, value: Json) -> Iterator[tuple[str, str]]:
    match value:
        case {"amount": int(amount), "currency": str(currency), **more} if not more:
            yield f"{name}.amount", money.typed(amount, currency)
            yield f"{name}.currency", currency
        case dict():
            for field, each in value.items():
                yield from _texts(f"{name}.{field}", each)
        case list():
            yield name, ", ".join(str(each) for each in value)
            for number, each in enumerate(value):
                yield from _texts(f"{name}.{number}", each)
        case _:
            yield name, "" if value is None else str(value)
