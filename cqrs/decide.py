"""What a command makes of a version: the rule's answer, dressed as the next version. Pure, given the time."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cqrs.codec import encode
from cqrs.domain import VERSION_FIRST, Actor, Command, Entity, Reads, Removed, Sequence, Version
from cqrs.domain.sequence import check_code


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a command comes from; it stands on the fact."""

    actor: Actor
    request_id: str = ""
    source: str = ""
    ip: str = ""
    trace: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on besides the command. `number` gives a new entity's code, by its sequence, its state
    and the time; `reads` is what loaders ask."""

    tenant: str
    origin: Origin
    command_id: str
    now: datetime
    reads: Reads
    number: Callable[[Entity[Any, ...], Any, datetime], str]


def decide[S](command: Command[S], before: Version[S] | None, here: Circumstances) -> Version[S]:
    """What follows `before`; `before` itself where nothing changes. Removed, InvalidCode, what rule or loader
    refuse."""
    if before and before.is_deleted and not command.rule.restores:
        raise Removed
    now, origin = max(here.now, before.at) if before else here.now, here.origin
    standing = before.state if before else None
    loaded = command.entity.load(command.rule, here.reads, standing, command.args)
    state = command.rule.ask(standing, command.args, now=now, actor=origin.actor, loaded=loaded)
    if before and state == before.state and before.is_deleted == command.rule.removes:
        return before
    made: dict[str, Any] = {
        "version": before.version + 1 if before else VERSION_FIRST + 1,
        "name": command.entity.name(state),
        "fact": command.rule.fact,
        "rule": command.rule.name,
        "args": encode(command.args),
        "state": state,
        "is_deleted": command.rule.removes,
        "at": now,
        "by": origin.actor.id,
        "command_id": here.command_id,
        "request_id": origin.request_id,
        "source": origin.source,
        "ip": origin.ip,
        "trace": origin.trace,
        "on_behalf_of": origin.on_behalf_of,
    }
    if before:
        return replace(before, **made)
    entity, code = command.entity, _code(command.entity, state, now, here)
    sk, by = entity.sk_of(code or _time_ordered(now)), origin.actor.id
    return Version(tenant_code=here.tenant, type=entity.type, sk=sk, code=code, created_at=now, created_by=by, **made)


def _code[S](entity: Entity[S, ...], state: S, now: datetime, here: Circumstances) -> str:
    match entity.code:
        case None:
            return ""
        case Sequence():
            return here.number(entity, state, now)
        case read:
            return (code := read(state)) and check_code(code)


def _time_ordered(now: datetime) -> str:
    """A UUIDv7 (RFC 9562): milliseconds first, so that ids sort by the time they were made."""
    milliseconds = int(now.timestamp() * 1000)
    value = uuid.uuid4().int & ((1 << 80) - 1) | milliseconds << 80
    return str(uuid.UUID(int=value & ~(0xF << 76) | 0x7 << 76))
