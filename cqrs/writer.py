"""Load, ask the rule, append: how a command becomes the next version."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cqrs.answers import Answer, Once
from cqrs.codec import decode
from cqrs.decide import Circumstances, Origin
from cqrs.domain import Busy, Command, KeyReused, Refused, Unavailable, Version
from cqrs.log import Log
from cqrs.moves import Thing, moves_of, refusal
from cqrs.sequences import Numbering, Numbers
from cqrs.steps import CodeTaken, Step, appends, check_actions, conflict, take_steps
from cqrs.store import Append, Keep, Move, Receipt, Rejected, Take, Write
from cqrs.telemetry import span, told, tried_in_vain
from cqrs.turns import attempts

__all__ = ["Answer", "Once", "Writer"]


@dataclass(frozen=True, slots=True)
class Writer:
    """Sends commands to one tenant's log. `ring` is called after each write, so that projectors come and look;
    `numbering` when an entity is numbered."""

    log: Log
    origin: Origin
    ring: Callable[[], None] = lambda: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    numbering: Callable[[], Numbering] = Numbering

    @told
    def send[S](self, command: Command[S], *more: Command[Any], once: Once | None = None) -> Answer[S]:
        """Append the version that the command makes, or answer that nothing changes.

        With it go `more` commands, what their entities send along, the counters that all of them move and the numbers
        they take: all or nothing, in one transaction where it is more than one version. Each command is decided on
        what the ones before it made.

        Raises what a rule refuses, NotFound, Conflict, CodeTaken, InvalidCode, KeyReused, TooLarge, TooManyChanges;
        BelowFloor, AboveLimit or what stands for them; Busy when nothing happened because of others, Unavailable when
        it is not known whether it happened.
        """
        commands = (command, *more)
        try:
            if once and (kept := self.log.receipt(once.key)):
                return self._replay(command, kept, once)
            numbers = Numbers(self.log.store, self.log.tenant, self.numbering)
            with numbers.turn(commands):
                return self._try(commands, once, numbers)
        except Unavailable:
            raise
        except Refused:
            if once and (kept := self.log.receipt(once.key)):  # the same request was answered meanwhile
                return self._replay(command, kept, once)
            raise

    def _try(self, commands: Sequence[Command[Any]], once: Once | None, numbers: Numbers) -> Answer[Any]:
        command_id, beaten = uuid.uuid4().hex, None
        for attempt in attempts():
            with span("decide"):
                steps = take_steps(commands, self.log, self._here(command_id, numbers))
            moves = moves_of(steps, self.log)
            # The first that cannot be done speaks: a receipt before a number, a number before the code made of it, and
            # a newer version before the counters, which are moved by what this one changes.
            writes: list[Write] = [
                *self._receipt(steps, once, command_id),
                *numbers.taken(),
                *appends(steps),
                *moves.values(),
            ]
            check_actions(len(writes))
            try:
                self.log.write(writes, token=f"{command_id}-{attempt}")
            except Rejected as rejected:
                if once and isinstance(rejected.found, Receipt):
                    return self._replay(commands[0], rejected.found, once)
                beaten = self._beaten(rejected, steps, moves, numbers)
                tried_in_vain(rejected.write)
            else:
                return self._answer(steps)
        raise conflict(beaten, self.log) if beaten else Busy

    def _here(self, command_id: str, numbers: Numbers) -> Circumstances:
        numbers.start()
        return Circumstances(self.log.tenant, self.origin, command_id, self.clock(), self.log, numbers.code)

    def _receipt(self, steps: Sequence[Step], once: Once | None, command_id: str) -> list[Keep]:
        if once is None:
            return []
        return [Keep(once.receipt(_standing(steps)[0], command_id=command_id, now=self.clock()))]

    def _beaten(
        self, rejected: Rejected, steps: Sequence[Step], moves: Mapping[Thing, Move], numbers: Numbers
    ) -> Command[Any] | None:
        """Others were quicker, and it is worth another try: the command whose entity they changed, if it was that.
        Raises why it is not."""
        match rejected.write:
            case Take():
                numbers.lost(rejected)
            case Append(fact):
                command = next(each.command for each in steps if each.after.id == fact.id)
                if command.rule.creates:
                    raise CodeTaken(taken=fact.code)
                if command.version is not None:
                    raise conflict(command, self.log)
                return command
            case Move():
                if refused := refusal(rejected, moves, steps):
                    raise refused
        return None

    def _answer(self, steps: Sequence[Step]) -> Answer[Any]:
        changed = any(step.changed for step in steps)
        if changed:
            self.ring()
        version, *along = _standing(steps)
        return Answer(version, changed, along=along)

    def _replay[S](self, command: Command[S], kept: Receipt, once: Once) -> Answer[S]:
        if kept.digest != once.digest:
            raise KeyReused
        fact = self.log.store.read(kept.id, kept.version)
        assert fact is not None, "a receipt is written with its version, or after it"
        return Answer(decode(command.entity, fact), changed=False, replayed=kept.status)


def _standing(steps: Sequence[Step]) -> list[Version[Any]]:
    """The newest version of each entity, the first command's first."""
    return list({step.after.id: step.after for step in steps}.values())
