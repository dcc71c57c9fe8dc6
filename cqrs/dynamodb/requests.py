"""Sending a request until it is decided, within the time there is, and what to say where it is not."""

import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from cqrs.deadlines import time_left
from cqrs.domain import Busy, StoreAway, Unavailable
from cqrs.dynamodb.alarms import alarm, count
from cqrs.dynamodb.errors import DEFECT, FAILURES, Failure, Kind
from cqrs.dynamodb.failures import failure_of

CONNECT_TIMEOUT, ANSWER_TIMEOUT = 0.5, 1.5
"""Seconds that one send may take to connect, and then to be answered."""

DECIDE_TIMEOUT = 4.5
"""Seconds within which a request is decided, or given up; sooner, where who asks has less time left. Without an answer
it is sent again, unchanged, for as long as a whole send still fits."""

MIN_SEND = 0.1
"""Seconds that must be left for the first send: what could not be answered in time is not sent."""

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
"""Seconds between two sends; each pause is twice the one before, give or take a half."""


def until_decided[T](request: Callable[[], T], *, within: float | None = None, answers: Collection[str] = ()) -> T:
    """Send a request until it is decided; for DECIDE_TIMEOUT at most, unless `within` says how many seconds. `answers`
    are the codes of errors that decide it: they are raised as they are, botocore's ClientError.

    StoreAway or Busy where nothing has happened, Unavailable where nobody knows. The bytes never change between sends,
    so that a resent write is either refused by its own condition or recognised by its token.
    """
    return _Sends(within or DECIDE_TIMEOUT, answers).run(request)


def until_answered[T](request: Callable[[], T], *, within: float | None = None, answers: Collection[str] = ()) -> T:
    """The same for a request that changes nothing that anybody would miss: StoreAway or Busy, never Unavailable."""
    return _Sends(within or DECIDE_TIMEOUT, answers, is_read=True).run(request)


def away(error: Exception) -> StoreAway:
    """The refusal of whatever needs a client that cannot even be made."""
    failure = failure_of(error)
    count(failure)
    alarm(failure, error)
    return StoreAway(cure=failure.cure)


@dataclass(slots=True)
class _Sends:
    """One request's sends, and what became of those so far."""

    within: float
    answers: Collection[str]
    is_read: bool = False
    kinds: set[Kind] = field(default_factory=set)

    def run[T](self, request: Callable[[], T]) -> T:
        left = time_left(self.within)
        if left < MIN_SEND:
            raise Busy("There was no time left to do this. Nothing has happened; ask again.")
        ends_at, pause = time.monotonic() + left, FIRST_PAUSE
        while True:
            try:
                return request()
            except FAILURES as error:
                failure = self._judged(error)
                is_last = time.monotonic() + CONNECT_TIMEOUT + ANSWER_TIMEOUT > ends_at
                if failure.kind is Kind.AWAY or is_last:
                    raise self._refusal(failure, error) from error
            time.sleep(pause * (0.5 + secrets.randbelow(1000) / 1000))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _judged(self, error: Exception) -> Failure:
        """What the error says. It is raised again where it is an answer to what was asked."""
        failure = failure_of(error)
        if failure.name in self.answers:
            raise error
        if failure.kind is Kind.DECIDED:
            failure = Failure(failure.name, Kind.AWAY, DEFECT)
        count(failure)
        self.kinds.add(failure.kind)
        return failure

    def _refusal(self, failure: Failure, error: Exception) -> Unavailable:
        """What whoever asked is told, by all sends together: one that may have happened outweighs the others."""
        if self.kinds == {Kind.UNDONE}:
            return Busy()
        alarm(failure, error)
        if Kind.UNKNOWN in self.kinds and not self.is_read:
            return Unavailable()
        return StoreAway(cure=failure.cure)
