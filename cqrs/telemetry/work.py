"""What is told of a worker's doing: slices, batches, reactions; and which shard and tenant a log line is of."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from cqrs.store import Fact
from cqrs.telemetry.metrics import (
    BATCH_SECONDS,
    BATCHES_FAILED,
    EVENTS,
    FOLLOWERS_DIED,
    LEASES_LOST,
    LINES,
    MESSAGES,
    RINGS,
    SLICES,
)
from cqrs.telemetry.tracing import is_tracing, past, span

TRACES_MOST = 100
"""Traces that one batch is told in; the commands of a larger one are too many to look at anyway."""


@contextmanager
def showing(facts: Collection[Fact], *, shard: str) -> Iterator[None]:
    """Around the showing of one batch."""
    begun = time.perf_counter()
    tenants = {fact.tenant_code for fact in facts}
    about = {"shard": shard} | ({"tenant": next(iter(tenants))} if len(tenants) == 1 else {})
    with bound_contextvars(**about):
        try:
            yield
        except Exception:
            BATCHES_FAILED.inc()
            raise
    seconds = time.perf_counter() - begun
    if facts:
        BATCH_SECONDS.observe(seconds)
        EVENTS.inc(len(facts))
    if is_tracing():
        for trace in _traces(facts):
            past("projection", trace=trace, seconds=seconds, shard=shard, facts=len(facts))


@contextmanager
def reacting(fact: Fact, *, handler: str) -> Iterator[None]:
    """Around one handler's reaction to one fact: a span in the fact's trace, and log lines that name its request."""
    about = {"tenant": fact.tenant_code, "request_id": fact.request_id, "handler": handler}
    with bound_contextvars(**about), span(f"reaction {handler}", trace=fact.trace, tenant=fact.tenant_code):
        yield


def journal_grew(lines: int) -> None:
    """A transaction that wrote so many journal lines went through."""
    LINES.inc(lines)


def following(cause: str) -> None:
    """A slice begins; its cause is `ring` or `look`."""
    SLICES.labels(cause).inc()


def lease_lost() -> None:
    """Somebody else follows what was ours."""
    LEASES_LOST.inc()


def follower_died() -> None:
    """A process that followed the stream is gone, and another is started."""
    FOLLOWERS_DIED.inc()


def rang(*, heard: bool) -> None:
    """The doorbell was rung; or it could not be, the broker being away."""
    RINGS.labels("sent" if heard else "unheard").inc()


def message_handled(*, sent: bool) -> None:
    """A message to workers was sent; or was given up, the broker being away."""
    MESSAGES.labels("sent" if sent else "given_up").inc()


def _traces(facts: Collection[Fact]) -> list[str]:
    return list({fact.trace: None for fact in facts if fact.trace})[:TRACES_MOST]
