"""Two real workers react to one tenant's journal, and the one that holds the cursor is killed in the middle."""

import time
from collections.abc import Callable

from config.tests.test_end_to_end import working
from conftest import TestTenant
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.reactions.models import Cursor, Handler
from cqrs.tests.toy import LAMP, relabel
from cqrs.writer import Writer

HANDLER = "cqrs.tally"
LAMPS = {"DJANGO_SETTINGS_MODULE": "cqrs.tests.lamps.settings"}
FACTS = 150


def test_each_fact_counts_exactly_once_though_the_worker_that_handles_it_is_killed(acme: TestTenant) -> None:
    writer = Writer(Log(store(), acme.code), Origin(Actor("user:1")))
    lamp, tally = (writer.send(LAMP.create(name="lamp")).version.sk for _ in range(2))

    def counted() -> int:
        return writer.log.get(LAMP, tally).state.lit

    with working(**LAMPS) as first, working(**LAMPS) as second:
        by_pid = {str(worker.pid): worker for worker in (first, second)}
        until(lambda: Handler.objects.filter(name=HANDLER).exists())
        for number in range(FACTS):
            writer.send(LAMP.ref(lamp).ask(relabel, name=f"{number} {tally}"))
        until(lambda: counted() > 5)
        until(lambda: _holder(acme.code) in by_pid)
        by_pid[_holder(acme.code)].kill()
        killed_at = counted()
        until(lambda: counted() >= FACTS)
        until(lambda: _holder(acme.code) == "")
    assert killed_at < FACTS
    assert counted() == FACTS


def until(holds: Callable[[], bool], *, within: float = 120.0) -> None:
    """Wait for what happens in another process."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _holder(tenant: str) -> str:
    """The process id of whoever reacts; empty where nobody does."""
    found = Cursor.objects.filter(tenant_code=tenant, handler=HANDLER).values_list("holder", flat=True).first()
    return (found or "").rpartition(":")[2]
