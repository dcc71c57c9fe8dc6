"""Between Python and JSON: states, arguments, and what a client may send. Strict both ways."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model
from pydantic_core import to_jsonable_python

from cqrs.domain import KEEP, SUPPLIED, Entity, Json, Refused, Rule, Version

ITEM_MOST = 350 * 1024
"""Bytes of state and arguments together, as JSON; DynamoDB itself stops at 400 KB an item."""


class Malformed(Refused):
    """This is not what the rule takes."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        """`errors` are `{"pointer", "code", "detail"}`, one per fault."""
        super().__init__(errors=errors)


class TooLarge(Refused):
    """This entity is larger than one version can hold."""


class ForbiddenCharacter(Refused):
    """A text holds a character that cannot be kept: NUL, or half of a surrogate pair."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def encode(state: object) -> dict[str, Json]:
    """A state as JSON. ForbiddenCharacter where a text cannot be stored."""
    encoded = cast(dict[str, Json], to_jsonable_python(state))
    _check_text(encoded, "")
    return encoded


def decode[S](entity: Entity[S, ...], fact: Version[Mapping[str, Json]]) -> Version[S]:
    """A stored version with its state as the entity's dataclass."""
    adapter: TypeAdapter[Any] = _adapter(cast(Any, entity.state))
    return cast(Version[S], replace(fact, state=adapter.validate_python(fact.state)))


def check_size(*parts: Json) -> None:
    """TooLarge where the parts do not fit in one item."""
    size = sum(len(orjson.dumps(part)) for part in parts)
    if size > ITEM_MOST:
        raise TooLarge(size=size, limit=ITEM_MOST)


@cache
def body_model(rule: Rule[Any]) -> type[BaseModel]:
    """What a client sends to ask `rule`: its arguments, less those the kernel supplies, and the `version`."""
    takes = list(inspect.signature(rule.apply, eval_str=True).parameters.values())
    fields: dict[str, Any] = {
        each.name: (each.annotation, _field(each.default))
        for each in (takes if rule.creates else takes[1:])
        if each.default is not SUPPLIED
    }
    if not rule.creates:
        fields["version"] = (int | None, Field(None, ge=0, description="the version this was decided on"))
    name = f"{rule.apply.__module__.split('.')[0].capitalize()}{rule.name.title().replace('_', '')}"
    return create_model(name, __base__=_Body, **fields)


def parse(rule: Rule[Any], body: bytes) -> tuple[dict[str, Any], int | None]:
    """The arguments and the stated version in a JSON body. Malformed, with a pointer to each fault."""
    try:
        model = body_model(rule).model_validate_json(body or b"{}")
    except ValidationError as error:
        raise Malformed(faults(error)) from None
    args = {name: getattr(model, name) for name in model.model_fields_set}
    return args, args.pop("version", None)


def faults(error: ValidationError) -> list[dict[str, str]]:
    """Pydantic's errors in the contract's form."""
    return [
        {
            "pointer": "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in each["loc"]),
            "code": "unknown_field" if each["type"] == "extra_forbidden" else each["type"],
            "detail": each["msg"],
        }
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]


@cache
def _adapter(state: Any) -> TypeAdapter[Any]:
    return TypeAdapter(state)


def _field(default: object) -> Any:
    if default is inspect.Parameter.empty:
        return ...
    return Field(default_factory=lambda: KEEP) if default is KEEP else default


def _check_text(value: Json, pointer: str) -> None:
    if isinstance(value, str):
        if "\0" in value or not _is_unicode(value):
            raise ForbiddenCharacter(pointer=pointer)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _check_text(key, pointer)
            _check_text(each, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check_text(each, f"{pointer}/{index}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
