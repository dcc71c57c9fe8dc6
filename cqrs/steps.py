"""The steps of a transaction: each command is decided on what the ones before it made."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cqrs.codec import check_size, encode
from cqrs.decide import Circumstances, decide
from cqrs.domain import VERSION_FIRST, Command, Conflict, Count, Deltas, Refused, Version
from cqrs.log import Log, diff
from cqrs.personal import sealed
from cqrs.store import ACTIONS_MOST, Append

TRANSACTION_MOST = 3584 * 1024
"""Bytes of all versions together; DynamoDB itself stops at 4 MB a transaction."""


class CodeTaken(Refused):
    """This code is already taken."""


class TooManyChanges(Refused):
    """This changes more at once than one transaction can hold."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and the versions before and after it; `after` is `before` itself where nothing changes."""

    command: Command[Any]
    before: Version[Any] | None
    after: Version[Any]

    @property
    def changed(self) -> bool:
        return self.after is not self.before

    @property
    def deltas(self) -> Deltas:
        """By how much it moves which counters."""
        return self.command.entity.deltas(self.before, self.after) if self.changed else {}

    @property
    def limits(self) -> Mapping[Count, int | None]:
        """The limits it sets."""
        return self.command.entity.limits(self.before, self.after) if self.changed else {}

    @property
    def exactly(self) -> Mapping[Count, int]:
        """What numbers it was decided on."""
        return self.command.entity.exactly(self.before, self.after) if self.changed else {}


def take_steps(commands: Sequence[Command[Any]], log: Log, here: Circumstances) -> list[Step]:
    """One step a command, each followed by what its entity sends along.

    Conflict where a stated version is not the current one; NotFound, CodeTaken, InvalidCode, TooManyChanges; whatever
    a rule refuses.
    """
    made: dict[str, Version[Any]] = {}
    steps, waiting, changes = list[Step](), deque(commands), 0
    while waiting:
        step = _step(waiting.popleft(), log, here, made)
        steps.append(step)
        if not step.changed:
            continue
        if step.command.rule.creates and step.after.id in made:
            raise CodeTaken(taken=step.after.code)
        made[step.after.id], changes = step.after, changes + 1
        check_actions(changes)  # before it goes on, lest what is sent along never ends
        waiting.extendleft(reversed([*step.command.entity.along(step.before, step.after)]))
    return steps


def appends(steps: Iterable[Step]) -> list[Append]:
    """The versions that the steps made. TooLarge, TooManyChanges."""
    found, size = list[Append](), 0
    for step in steps:
        if step.changed:
            fact = sealed(step.command.entity, step.after, encode(step.after.state))
            size += check_size(fact.state, fact.args, fact.name)
            found.append(Append(fact))
    if size > TRANSACTION_MOST:
        raise TooManyChanges(size=size, limit=TRANSACTION_MOST)
    return found


def check_actions(number: int) -> None:
    """TooManyChanges where so many writes do not fit into one transaction."""
    if number > ACTIONS_MOST:
        raise TooManyChanges(actions=number, limit=ACTIONS_MOST)


def conflict(command: Command[Any], log: Log, *, current: Version[Any] | None = None) -> Conflict:
    """What to say of a version that is not, or no longer, the current one."""
    current = current or log.get(command.entity, command.sk)
    stated = command.version or VERSION_FIRST
    if not VERSION_FIRST < stated < current.version:
        return Conflict(current_version=current.version)
    decided_on = log.get(command.entity, command.sk, version=stated)
    changed = [change.field for change in diff(decided_on.state, current.state)]
    return Conflict(current_version=current.version, changed_fields=changed)


def _step(command: Command[Any], log: Log, here: Circumstances, made: Mapping[str, Version[Any]]) -> Step:
    before = None
    if not command.rule.creates:
        before = made.get(log.id(command.entity, command.sk)) or log.get(command.entity, command.sk)
        if command.version not in (None, before.version):
            raise conflict(command, log, current=before)
    return Step(command, before, decide(command, before, here))
