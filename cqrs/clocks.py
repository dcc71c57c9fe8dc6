"""This process's clock beside those of the stores. A process whose clock is wrong reads, and writes nothing: the times
of facts, and what follows from them (trials, periods, receipts that expire), would be wrong for ever.

Postgres is asked for `clock_timestamp()` (`config.presence`, at start and every minute); the log says the time in the
`Date` header of each of its answers (RFC 9110 6.6.1, whole seconds). What is passed to a command as its time, such as
`run_billing --now`, is no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import structlog

from cqrs.domain import Busy
from cqrs.telemetry.metrics import CLOCK_REFUSALS

MAX_SKEW = 5.0
"""Seconds by which a clock may differ from a store's."""

MAX_UNCERTAINTY = 2.5
"""Seconds; a measurement that is less certain says nothing: the answer took too long."""

DATE_RESOLUTION = 1.0
"""Seconds within which a `Date` header is true."""

LOG, POSTGRES = "log", "postgres"

_log = structlog.get_logger(__name__)


class ClockSkew(Busy):
    """The clock of this server is wrong, so that it writes nothing. Nothing has happened; ask again."""

    code = "clock_skew"


@dataclass(frozen=True, slots=True)
class Offset:
    """How many seconds this process's clock is ahead of a store's (below 0: behind), give or take `uncertainty`."""

    seconds: float
    uncertainty: float

    @property
    def is_skewed(self) -> bool:
        """Whether the clocks differ by more than MAX_SKEW for certain."""
        return abs(self.seconds) - self.uncertainty > MAX_SKEW


_offsets: dict[str, Offset] = {}


def measure(*, sent_at: float, took: float, remote_at: float, resolution: float = 0.0) -> Offset:
    """The offset that an answer proves. It was asked for at `sent_at` by this process's clock and came `took` seconds
    later; the store wrote `remote_at`, cut to its `resolution`, at some moment between. Instants are seconds since the
    epoch."""
    earliest, latest = sent_at - remote_at - resolution, sent_at + took - remote_at
    return Offset((earliest + latest) / 2, (latest - earliest) / 2)


def note_date(date: str | None, *, sent_at: float, took: float) -> None:
    """The log has answered with this `Date` header. One that cannot be read says nothing."""
    try:
        remote = parsedate_to_datetime(date or "")
    except ValueError:
        return
    remote_at = (remote if remote.tzinfo else remote.replace(tzinfo=UTC)).timestamp()
    note(LOG, measure(sent_at=sent_at, took=took, remote_at=remote_at, resolution=DATE_RESOLUTION))


def note(store: str, offset: Offset) -> None:
    """A store's clock was measured: LOG's or POSTGRES's. The newest measurement counts."""
    if offset.uncertainty > MAX_UNCERTAINTY:
        return
    before = skew()
    _offsets[store] = offset
    after = skew()
    if after and not before:
        _log.error("clock is wrong, nothing is written", reason=after)
    elif before and not after:
        _log.warning("clock is right again, writing goes on")


def offsets() -> Mapping[str, Offset]:
    """What was measured last, by store."""
    return dict(_offsets)


def is_measured(store: str) -> bool:
    """Whether this store's clock was ever measured by this process."""
    return store in _offsets


def skew() -> str:
    """Why this process may not write, in words; empty where it may. Either store is enough: where two stores disagree
    by more than MAX_SKEW with each other, nobody can be right by both."""
    return ", ".join(_in_words(store, offset) for store, offset in sorted(_offsets.items()) if offset.is_skewed)


def refuse_skewed() -> None:
    """Raise ClockSkew where this process may not write."""
    if reason := skew():
        CLOCK_REFUSALS.inc()
        raise ClockSkew(explain(reason))


def explain(reason: str) -> str:
    """A refusal's detail, in a sentence of what `skew` said."""
    return f"The clock of this server is {reason}. Nothing has happened; ask again."


def _in_words(store: str, offset: Offset) -> str:
    return f"{abs(offset.seconds):.1f} s {'ahead of' if offset.seconds > 0 else 'behind'} {NAMES[store]}"


NAMES: Mapping[str, str] = {LOG: "the log's", POSTGRES: "Postgres'"}
