"""How a tenant numbers its entities, as a REST resource: each type's format, and the code that would come next."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import Entity, NotFound, Rotation, Sequence
from cqrs.log import Log
from cqrs.numbering.models import FIELDS
from cqrs.numbering.settings import forget, keep, numbering_of
from cqrs.projections import PROJECTIONS
from cqrs.sequences import Numbering, sequence_key
from cqrs.steps import CodeTaken
from face.bodies import body_of
from face.commands import log_of, principal_of
from face.json_documents import validate_json
from face.kept import Kept, Made
from face.refusals import StaffOnly

UNTOLD = ("codes", "staff_only")
"""Fields of a sequence that clients are not told."""


class Settings(BaseModel):
    """What may be set; what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: str = ""
    rotation: Rotation = Rotation.NONE
    start_month: int | None = None
    register_date: date | None = None
    prefix: str = ""
    postfix: str = ""


class Sequences(Kept):
    """The numbered types of entities."""

    path = "settings"

    def list(self, request: Request) -> Response:
        """All of them."""
        tenant = principal_of(request).tenant
        numbering, log = numbering_of(tenant), log_of(principal_of(request))
        return Response({"results": [_shown(entity, numbering, log) for entity in _numbered()]})

    def retrieve(self, request: Request, type: str) -> Response:
        """One, by its type: `todo`."""
        numbering = numbering_of(principal_of(request).tenant)
        return Response(_shown(_entity(type), numbering, log_of(principal_of(request))))

    def partial_update(self, request: Request, type: str) -> Response:
        """Number otherwise from now on. StaffOnly of what the vendor numbers."""
        entity = _entity(type.lower())
        if _sequence(entity).staff_only:
            raise StaffOnly
        given = _parsed(body_of(request))
        principal = principal_of(request)

        def change() -> Made:
            shown = renumber(entity, given, log_of(principal), by=principal.actor.id)
            return Made(shown, subject=type, detail={name: str(value) for name, value in given.items()})

        return self.keep(request, change, action="sequence.set")


def renumber(entity: Entity[Any, ...], given: Mapping[str, Any], log: Log, *, by: str) -> dict[str, Any]:
    """Number entities of this type so from now on; what is not given stays. InvalidFormat; CodeTaken, where the next
    number would be one that was given. Returns how they are numbered then, with the next code as `preview`."""
    forget()
    before = numbering_of(log.tenant)
    sequence = replace(before.sequence(entity), **given)
    settings = {name: getattr(sequence, name) for name in FIELDS}
    shown = _shown(entity, replace(before, own={**before.own, entity.type: settings}), log)
    _check_free(entity, shown["preview"], log)
    keep(log.tenant, entity.type, settings, by=by)
    return shown


def _numbered() -> Iterator[Entity[Any, ...]]:
    for projection in PROJECTIONS.values():
        if isinstance(projection.entity.code, Sequence):
            yield projection.entity


def _sequence(entity: Entity[Any, ...]) -> Sequence:
    """As it is declared."""
    assert isinstance(entity.code, Sequence)
    return entity.code


def _entity(type: str) -> Entity[Any, ...]:
    for entity in _numbered():
        if entity.type.lower() == type:
            return entity
    raise NotFound


def _parsed(body: bytes) -> dict[str, Any]:
    given = validate_json(Settings, body)
    return {name: getattr(given, name) for name in given.model_fields_set}


def _shown(entity: Entity[Any, ...], numbering: Numbering, log: Log) -> dict[str, Any]:
    sequence = numbering.sequence(entity)
    told = {field.name: getattr(sequence, field.name) for field in fields(sequence) if field.name not in UNTOLD}
    return {"type": entity.type.lower(), **told, "preview": _preview(entity, sequence, numbering, log)}


def _preview(entity: Entity[Any, ...], sequence: Sequence, numbering: Numbering, log: Log) -> str:
    """The code that the next one would get; with `CODE1` and so on for what is read from its state."""
    on = datetime.now(UTC).astimezone(numbering.zone).date()
    codes = [f"CODE{number}" for number, _ in enumerate(sequence.codes, 1)]
    key = sequence_key(log.tenant, entity.type, period=sequence.period(on), codes=codes)
    return sequence.code(log.store.number(*key) + 1, on=on, codes=codes)


def _check_free(entity: Entity[Any, ...], code: str, log: Log) -> None:
    """A number that makes a taken code is never used up, so nothing could be created any more."""
    try:
        log.get(entity, entity.sk_of(code))
    except NotFound:
        return
    raise CodeTaken(pointer="/format", taken=code)
