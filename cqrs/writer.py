"""Load, ask the rule, append: how a command becomes the next version."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cqrs.codec import check_size, decode, encode
from cqrs.decide import Circumstances, Origin, decide
from cqrs.domain import VERSION_FIRST, Command, Conflict, KeyReused, Refused, Unavailable, Version
from cqrs.log import Log, diff
from cqrs.sequences import Busy, Numbers
from cqrs.store import Append, Keep, Receipt, Rejected, Take, Write

TRY_WITHIN = 5.0
"""Seconds in which a command that states no version may lose to others and ask again."""

RECEIPT_KEPT = timedelta(hours=48)
"""How long an Idempotency-Key is remembered; at least the 24 hours that clients are promised."""


class CodeTaken(Refused):
    """This code is already taken."""


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key, the digest of the request it came with, and the status its answer will have."""

    key: str
    digest: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Answer[S]:
    """What became of a command: the version that stands now. `replayed` is the status of the first answer, where this
    very command had been answered before."""

    version: Version[S]
    changed: bool = True
    replayed: int | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """Sends commands to one tenant's log. `ring` is called after each write, so that projectors come and look."""

    log: Log
    origin: Origin
    ring: Callable[[], None] = lambda: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def send[S](self, command: Command[S], *, once: Once | None = None) -> Answer[S]:
        """Append the version that the command makes, or answer that nothing changes.

        Raises what the rule refuses, NotFound, Conflict, CodeTaken, KeyReused; Unavailable when it is not known
        whether it happened.
        """
        try:
            if once and (kept := self.log.receipt(once.key)):
                return self._replay(command, kept, once)
            numbers = Numbers(self.log.store, self.log.tenant, command)
            with numbers.turn():
                return self._try(command, once, numbers)
        except Unavailable:
            raise
        except Refused:
            if once and (kept := self.log.receipt(once.key)):  # the same request was answered meanwhile
                return self._replay(command, kept, once)
            raise

    def _try[S](self, command: Command[S], once: Once | None, numbers: Numbers) -> Answer[S]:
        command_id = uuid.uuid4().hex
        for attempt in _attempts():
            before = self._load(command)
            circumstances = Circumstances(self.log.tenant, self.origin, command_id, self.clock(), numbers.next)
            after = decide(command, before, circumstances)
            changed = after is not before
            # The first that cannot be done speaks: a receipt before a number, a number before the code made of it.
            writes = [*self._keep(after, once, command_id), *(self._append(after, numbers) if changed else ())]
            try:
                self.log.write(writes, token=f"{command_id}-{attempt}")
            except Rejected as rejected:
                match rejected.write, rejected.found:
                    case Keep(), Receipt() as kept if once:
                        return self._replay(command, kept, once)
                    case Take(), last:
                        numbers.lost(last)
                    case _ if command.rule.creates:
                        raise CodeTaken(taken=after.code) from None
                    case _ if command.version is not None:
                        break
            else:
                if changed:
                    self.ring()
                return Answer(after, changed)
        raise Busy if command.rule.creates else self._conflict(command)

    def _load[S](self, command: Command[S]) -> Version[S] | None:
        if command.rule.creates:
            return None
        before = self.log.get(command.entity, command.sk)
        if command.version not in (None, before.version):
            raise self._conflict(command, current=before)
        return before

    def _append[S](self, after: Version[S], numbers: Numbers) -> list[Write]:
        state = encode(after.state)
        check_size(state, after.args)
        return [*numbers.taken(), Append(replace(after, state=state))]  # type: ignore[arg-type]  # S becomes JSON

    def _keep[S](self, after: Version[S], once: Once | None, command_id: str) -> list[Write]:
        if once is None:
            return []
        expires_at = int((self.clock() + RECEIPT_KEPT).timestamp())
        kept = (once.key, once.digest, once.status, after.id, after.version, command_id, expires_at)
        return [Keep(Receipt(self.log.tenant, *kept))]

    def _replay[S](self, command: Command[S], kept: Receipt, once: Once) -> Answer[S]:
        if kept.digest != once.digest:
            raise KeyReused
        fact = self.log.store.read(kept.id, kept.version)
        assert fact is not None, "a receipt is written with its version, or after it"
        return Answer(decode(command.entity, fact), changed=False, replayed=kept.status)

    def _conflict[S](self, command: Command[S], *, current: Version[S] | None = None) -> Conflict:
        current = current or self.log.get(command.entity, command.sk)
        stated = command.version or VERSION_FIRST
        if not VERSION_FIRST < stated < current.version:
            return Conflict(current_version=current.version)
        decided_on = self.log.get(command.entity, command.sk, version=stated)
        changed = [change.field for change in diff(decided_on.state, current.state)]
        return Conflict(current_version=current.version, changed_fields=changed)


def _attempts() -> Iterator[int]:
    """1, 2, 3 … for as long as a command may try, with a jittered pause between."""
    deadline, attempt = time.monotonic() + TRY_WITHIN, 1
    while True:
        yield attempt
        if time.monotonic() > deadline:
            return
        time.sleep(min(0.1, 0.002 * 2**attempt) * secrets.randbelow(1000) / 1000)
        attempt += 1
