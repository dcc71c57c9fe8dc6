"""One fact, one handler: what it answers is sent, once for ever."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog
from django_tenants.utils import schema_context

from cqrs.codec import decode
from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Refused, Unavailable
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.projector.schemas import schema_of
from cqrs.reactions.registry import Reaction
from cqrs.store import Fact, Store
from cqrs.telemetry import reacting
from cqrs.writer import Once, Writer

_log = structlog.get_logger(__name__)


def handle(fact: Fact, reaction: Reaction, *, store: Store, ring: Callable[[], None]) -> None:
    """Let a handler react to a stored version, in its tenant's schema. Whatever hinders it; a refusal of what it
    answers is an answer too."""
    with reacting(fact, handler=reaction.name), schema_context(schema_of(fact.tenant_code)):
        commands = reaction.run(decode(reaction.entity, fact), effect_id(fact, reaction))
        if commands:
            _send(commands, fact, reaction, writer=_writer(fact, reaction, store, ring))


def effect_id(fact: Fact, reaction: Reaction) -> str:
    """What an effect of a fact is called, whenever it is done."""
    return f"{fact.id}@{fact.version}:{reaction.name}"


def _writer(fact: Fact, reaction: Reaction, store: Store, ring: Callable[[], None]) -> Writer:
    origin = Origin(Actor(f"reaction:{reaction.name}"), request_id=fact.request_id, source="reaction")
    return Writer(Log(store, fact.tenant_code), origin, ring=ring, numbering=partial(numbering_of, fact.tenant_code))


def _send(commands: Sequence[Command[Any]], fact: Fact, reaction: Reaction, *, writer: Writer) -> None:
    """The key holds a sign that no client's key can hold. What was done for a fact stays done, also when another
    release would do something else for it: the digest is always the same."""
    key = f"→{effect_id(fact, reaction)}"
    try:
        writer.send(*commands, once=Once(key, digest=reaction.name, forever=True))
    except Unavailable:
        raise
    except Refused as refused:
        _log.warning("reaction refused", fact=f"{fact.id}@{fact.version}", code=refused.code, detail=refused.detail)
