"""What a command makes of a version: the rule's answer, dressed as the next version. Pure, given the time."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from cqrs.codec import encode
from cqrs.domain import VERSION_FIRST, Actor, Command, Removed, Sequence, Version
from cqrs.sequences import format_code


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a command comes from; it stands on the fact."""

    actor: Actor
    request_id: str = ""
    source: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The circumstances of one command. `number` gives the sequence number of its new entity, if it takes one."""

    tenant: str
    origin: Origin
    now: datetime
    command_id: str
    number: Callable[[], int]

    def next[S](self, command: Command[S], before: Version[S] | None) -> Version[S]:
        """What follows `before`; `before` itself where nothing changes. Removed, or what the rule refuses."""
        if before and before.is_deleted and not command.rule.restores:
            raise Removed
        now = max(self.now, before.at) if before else self.now
        state = command.rule.ask(before.state if before else None, command.args, now=now, actor=self.origin.actor)
        if before and state == before.state and before.is_deleted == command.rule.removes:
            return before
        base = before or self._first(command, state)
        return replace(
            base,
            version=base.version + 1,
            name=command.entity.name(state),
            fact=command.rule.fact,
            rule=command.rule.name,
            args=encode(command.args),
            state=state,
            is_deleted=command.rule.removes,
            at=now,
            by=self.origin.actor.id,
            command_id=self.command_id,
            request_id=self.origin.request_id,
            source=self.origin.source,
            ip=self.origin.ip,
        )

    def _first[S](self, command: Command[S], state: S) -> Version[S]:
        code = self._code(command, state)
        return Version(
            tenant_code=self.tenant,
            type=command.entity.type,
            sk=command.entity.sk_of(code or _time_ordered(self.now)),
            version=VERSION_FIRST,
            code=code,
            name="",
            fact="",
            rule="",
            args={},
            state=state,
            is_deleted=False,
            at=self.now,
            by=self.origin.actor.id,
            created_at=self.now,
            created_by=self.origin.actor.id,
            command_id=self.command_id,
        )

    def _code[S](self, command: Command[S], state: S) -> str:
        match command.entity.code:
            case None:
                return ""
            case Sequence() as sequence:
                return format_code(sequence, self.number())
            case read:
                return read(state)


def _time_ordered(now: datetime) -> str:
    """A UUIDv7 (RFC 9562): milliseconds first, so that ids sort by the time they were made."""
    milliseconds = int(now.timestamp() * 1000)
    value = uuid.uuid4().int & ((1 << 80) - 1) | milliseconds << 80
    return str(uuid.UUID(int=value & ~(0xF << 76) | 0x7 << 76))
