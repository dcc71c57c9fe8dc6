"""The queues, by kind of work: each has workers of its own, so that one that is slow delays no other.

@shared_task(name="tenants.tidy", base=CommonTask, kind=Queue.LONG, …)
"""

from collections.abc import Mapping
from enum import StrEnum


class Queue(StrEnum):
    """Where a task waits. What declares none is found by the check `tenfold.E005` (config/checks.py)."""

    SHORT = "celery"
    """The doorbell, the heartbeat and what looks for work; nothing that waits for anybody outside. Celery's own default
    name, so that a worker that is told nothing serves it."""

    MAIL = "mail"
    """What speaks to mail servers and name servers."""

    WEBHOOKS = "webhooks"
    """What posts to endpoints of tenants."""

    LONG = "long"
    """Rebuilds, billing runs, tenants that are made or ended, tidying up."""


TIME_LIMITS: Mapping[Queue, float] = {
    Queue.SHORT: 300.0,
    Queue.MAIL: 300.0,
    Queue.WEBHOOKS: 300.0,
    Queue.LONG: 6 * 3600.0,
}
"""Seconds that one task may take at most. A worker in which one takes longer ends, and is started again
(cqrs/time_limits.py); each task means to be done far earlier, by limits of its own: 5 s for a store's connection, 30 s
for a mail, 15 s for a post, and `has_time` between two steps of a loop."""

SLICE = 25.0
"""Seconds after which a loop that has no end of its own leaves the rest to the next time."""
