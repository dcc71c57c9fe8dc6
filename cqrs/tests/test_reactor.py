"""A worker's reactor: effects wait for the world in places of their own."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from conftest import TestTenant
from cqrs.domain import Command, Version
from cqrs.projections import PROJECTIONS, journals
from cqrs.reactions import REACTIONS, effect, reaction
from cqrs.reactions.handlers import meet
from cqrs.reactions.reactor import PLACES, Reactor
from cqrs.stream.slices import follow
from cqrs.tests.test_reactions import Lamps, named
from cqrs.tests.toy import LAMP, Lamp, relabel


@pytest.fixture(autouse=True)
def _none_else() -> Iterator[None]:
    journals(LAMP)
    before = dict(REACTIONS)
    REACTIONS.clear()
    yield
    REACTIONS.clear()
    REACTIONS.update(before)
    del PROJECTIONS[LAMP.type]


def test_effects_that_wait_for_the_world_keep_no_command_waiting(acme: TestTenant) -> None:
    lamps, over, begun = Lamps(acme.code), threading.Event(), threading.Semaphore(0)

    @named
    def counting(fact: Version[Lamp]) -> Command[Lamp] | None:
        return lamps.one_more(fact) if fact.sk == lamps.lamp else None

    for _ in range(PLACES + 2):

        @named
        def waiting(fact: Version[Lamp], *, id: str) -> None:
            begun.release()
            over.wait(60)

        effect(LAMP, "relabelled")(waiting)
    reaction(LAMP, "relabelled")(counting)
    meet()
    reactor = Reactor(ring=lambda: None)
    reactor.start()
    try:
        _happen(lamps)
        assert all(begun.acquire(timeout=20) for _ in range(PLACES)), "each place of effects is taken"
        assert not begun.acquire(blocking=False)
        before = lamps.counted
        _happen(lamps)
        _await_count(lamps, before + 1)
    finally:
        over.set()
        reactor.stop()


def _happen(lamps: Lamps) -> None:
    lamps.writer.send(LAMP.ref(lamps.lamp).ask(relabel, name=f"{uuid4()}"))
    follow(looks=3)


def _await_count(lamps: Lamps, many: int) -> None:
    deadline = time.monotonic() + 20
    while lamps.counted < many:
        assert time.monotonic() < deadline
        time.sleep(0.05)
