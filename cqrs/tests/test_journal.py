"""The journal under eight processes that project at once: positions gapless and in the order of commits, so that a
reader with a cursor never misses a line and never reads one twice."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from random import Random
from uuid import uuid4

from django.db import connection
from django_tenants.utils import schema_context

from conftest import TestTenant
from cqrs.models import JournalLine
from cqrs.projector import apply
from cqrs.projector.apply import nothing
from cqrs.projector.show import Commit
from cqrs.store import Fact
from cqrs.stream.models import JournalHead
from cqrs.tests.projecting import project, store_of
from cqrs.tests.simulator.facts import Author

PROCESSES, TRANSACTIONS = 8, 70
HELD = 0.7
"""Seconds for which a transaction is held open; others wait up to two for it."""

_processes = multiprocessing.get_context("forkserver")


class Reader:
    """Follows one tenant's journal with a cursor."""

    def __init__(self, tenant: TestTenant) -> None:
        self.tenant, self.lines = tenant, list[tuple[str, int]]()
        self.began = self.last = JournalHead.objects.get(tenant_code=tenant.code).position

    def read(self) -> None:
        """What came after the last line read: it goes on without a gap."""
        with schema_context(self.tenant.schema):
            after = JournalLine.objects.filter(position__gt=self.last).order_by("position")
            found = list(after.values_list("position", "entity_id", "version"))
        assert [position for position, _, _ in found] == list(range(self.last + 1, self.last + 1 + len(found)))
        self.last += len(found)
        self.lines += [(id, version) for _, id, version in found]


def test_a_reader_with_a_cursor_misses_nothing_while_eight_processes_project(
    acme: TestTenant, globex: TestTenant
) -> None:
    random = Random(8)
    author = Author(random, prefix=f"J{uuid4().hex[:8]}-")
    log = [fact for second in range(TRANSACTIONS) for fact in author.transaction(seconds=second)]
    readers, reads = [Reader(acme), Reader(globex)], 0
    with _projecting(log, random) as processes:
        while len(wait([process.sentinel for process in processes], timeout=0.01)) < PROCESSES:
            reads += 1
            for reader in readers:
                reader.read()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    for reader in readers:
        reader.read()
        _check(reader, [fact for fact in log if fact.tenant_code == reader.tenant.code])
    assert reads > PROCESSES


def test_a_transaction_held_open_holds_back_its_tenants_journal_and_no_other(
    acme: TestTenant, globex: TestTenant
) -> None:
    author = Author(Random(1), prefix=f"H{uuid4().hex[:8]}-")
    log = [fact for second in range(40) for fact in author.transaction(seconds=second)]
    mine, theirs = ([fact for fact in log if fact.tenant_code == code] for code in ("acme", "globex"))
    held, later = mine[: len(mine) // 2], mine[len(mine) // 2 :]
    readers, store = [Reader(acme), Reader(globex)], store_of(log)
    with _held_open(held, log) as let_go:
        other = threading.Thread(target=_apply, args=(later, log))
        other.start()
        apply(theirs, store=store)
        other.join(HELD)
        for reader in readers:
            reader.read()
        assert (other.is_alive(), readers[0].lines) == (True, [])
        _check(readers[1], theirs)
        let_go()
        other.join()
    readers[0].read()
    _check(readers[0], mine)


@contextmanager
def _projecting(log: list[Fact], random: Random) -> Iterator[list[ForkServerProcess]]:
    """Eight processes, each with most of the facts, shuffled and some of them doubled."""
    _processes.set_forkserver_preload(["cqrs.stream.preload"])
    start = _processes.Barrier(PROCESSES)
    database = connection.settings_dict["NAME"]
    processes = []
    for number in range(PROCESSES):
        delivered = [fact for fact in log * 2 if random.random() < 0.4] + log[number::PROCESSES]
        random.shuffle(delivered)
        processes.append(_processes.Process(target=project, args=(database, log, delivered, start, number)))
    for process in processes:
        process.start()
    yield processes
    for process in processes:
        process.join()


@contextmanager
def _held_open(facts: list[Fact], log: list[Fact]) -> Iterator[Callable[[], None]]:
    """These facts are shown, in a transaction that is not committed before it is let go."""
    shown, let_go = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        shown.set()
        let_go.wait()

    holder = threading.Thread(target=_apply, args=(facts, log, hold))
    holder.start()
    shown.wait()
    try:
        yield let_go.set
    finally:
        let_go.set()
        holder.join()


def _apply(facts: list[Fact], log: list[Fact], commit: Commit = nothing) -> None:
    try:
        apply(facts, store=store_of(log), commit=commit)
    finally:
        connection.close()


def _check(reader: Reader, facts: list[Fact]) -> None:
    """Every fact was read once, and each entity's in order; the head says as much."""
    assert Counter(reader.lines) == Counter((fact.id, fact.version) for fact in facts)
    for id in {fact.id for fact in facts}:
        versions = [version for line, version in reader.lines if line == id]
        assert versions == list(range(1, len(versions) + 1))
    assert JournalHead.objects.get(tenant_code=reader.tenant.code).position == reader.began + len(facts)
