"""What a client may send to ask a rule: read off the rule's own signature, strictly."""

import inspect
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from cqrs.domain import KEEP, SUPPLIED, Rule
from face.instants import all_to_utc
from face.json_documents import validate_json


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


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
    """The arguments and the stated version in a JSON body. Malformed, with a pointer to each fault;
    InstantOutOfRange."""
    model = validate_json(body_model(rule), body)
    args = {name: all_to_utc(getattr(model, name), pointer=f"/{name}") for name in model.model_fields_set}
    return args, args.pop("version", None)


def _field(default: object) -> Any:
    if default is inspect.Parameter.empty:
        return ...
    return Field(default_factory=lambda: KEEP) if default is KEEP else default
