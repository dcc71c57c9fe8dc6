"""Limits as this process saw them last, so that a write which is limited need not read first.

A move names the limit that it assumes. Where another stands there the store refuses it, and tells which: that one is
remembered, and the write tried again. So what is remembered may be old, and costs a try then; it decides nothing.
"""

from cqrs.domain import Counter, partition
from cqrs.log import Log
from cqrs.store import Move, Tally

MOST = 10_000
"""Things whose limits are remembered."""

_seen: dict[tuple[str, str], Tally] = {}


def limits_of(log: Log, counter: Counter, key: str) -> Tally:
    """The limits of one counted thing, as they are or were a while ago."""
    thing = partition(counter.kind, log.tenant), key
    found = _seen.get(thing)
    return _kept(thing, counter, log.counter(counter, key)) if found is None else found


def changed(move: Move, counter: Counter, tally: Tally) -> None:
    """Another limit than the one assumed stands there."""
    _kept((move.pk, move.sk), counter, tally)


def _kept(thing: tuple[str, str], counter: Counter, tally: Tally) -> Tally:
    if len(_seen) >= MOST:
        _seen.clear()
    _seen[thing] = {name: tally[name] for name in counter.limits.values() if name in tally}
    return _seen[thing]
