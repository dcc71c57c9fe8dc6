"""Reading and writing subscriptions outside of requests: sign-ups, runs, staff's buttons."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from billing.domain import CODE, SUBSCRIPTION, Subscription
from cqrs.decide import Origin
from cqrs.domain import Actor, Version
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.tasks import ring
from cqrs.writer import Writer

SK = SUBSCRIPTION.sk_of(CODE)


def real_time() -> datetime:
    """The clock, where nobody gives another."""
    return datetime.now(UTC)


def writer_of(
    tenant: str, *, by: str, source: str, request_id: str = "", clock: Callable[[], datetime] = real_time
) -> Writer:
    """A writer into a tenant's log in somebody's name: `staff:7`, `system:billing`."""
    origin = Origin(Actor(by), request_id=request_id, source=source)
    return Writer(Log(store(), tenant), origin, ring=ring, clock=clock, numbering=partial(numbering_of, tenant))


def subscription_of(tenant: str) -> Version[Subscription]:
    """A tenant's subscription, as it stands in the log. NotFound."""
    return Log(store(), tenant).get(SUBSCRIPTION, SK)
