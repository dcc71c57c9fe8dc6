"""What can be named in a path: how to make one, and a name of the same shape that is nobody's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_origin

from cqrs.domain import Command, Entity, Rule, entity_id, partition
from cqrs.projections import PROJECTIONS
from face.arguments import body_model
from face.ids import PUBLIC_SEPARATOR, public_id

if TYPE_CHECKING:
    from config.tests.isolation.place import Site


@dataclass(frozen=True, slots=True)
class Kind:
    """Makes one in a tenant and answers its name; `missing` is a name in a tenant (its code) that nothing has."""

    make: "Callable[[Site], str]"
    missing: Callable[[str], str]


def given(rule: Rule[Any], text: str) -> dict[str, Any]:
    """Arguments of a rule as JSON: what it needs, and this text wherever one can stand."""
    fields = {name: each for name, each in body_model(rule).model_fields.items() if name != "version"}
    texts = {name: _text(each.annotation, text) for name, each in fields.items()}
    needed = {name: 1 for name, each in fields.items() if each.is_required() and int in _kinds(each.annotation)}
    return needed | {name: value for name, value in texts.items() if value is not None}


def _entity(entity: Entity[Any, ...], site: "Site") -> str:
    found = given(entity.creation, site.text)
    args = {name: tuple(each) if isinstance(each, list) else each for name, each in found.items()}
    return public_id(site.writer().send(Command(entity, entity.creation, args)).version.id)


def _missing(entity: Entity[Any, ...], tenant: str) -> str:
    return public_id(entity_id(pk=partition(entity.type, tenant), sk=entity.sk_of("NONE-000000")))


def _text(kind: Any, text: str) -> Any:
    """The text, or a list of it; None where none can stand."""
    if get_origin(kind) is tuple:
        return [text] if str in get_args(kind) else None
    return text if str in _kinds(kind) else None


def _kinds(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) or (kind,)


def _code(entity: Entity[Any, ...], site: "Site") -> str:
    return _entity(entity, site).rpartition(PUBLIC_SEPARATOR)[2]


SHOWN = [each.entity for each in PROJECTIONS.values() if each.model]

KINDS: Mapping[str, Kind] = {
    **{each.type: Kind(partial(_entity, each), partial(_missing, each)) for each in SHOWN},
    "tenant": Kind(lambda site: site.code, lambda tenant: "nobody"),
    **{f"{each.type}/code": Kind(partial(_code, each), partial(_missing, each)) for each in SHOWN},
}
"""By what rows call them; of entities their type. Where a path takes a code, another tenant's id is tried: its codes
are everybody's."""
