"""Rebuild: tables made again while they are read and written, and nobody notices."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now
from django_tenants.utils import schema_context

from cqrs.jobs.models import Job
from cqrs.jobs.running import DEAD, AlreadyRunning, Cancelled, Work, request_cancel
from cqrs.models import JournalLine
from cqrs.progress import silent
from cqrs.projections import PROJECTIONS, Projection
from cqrs.projector.prepare import prepare
from cqrs.projector.show import show
from cqrs.rebuild import rebuild
from cqrs.rebuild.rows import RowFails
from cqrs.rebuild.shadow import definition, schemas_like
from cqrs.rebuild.swap import Changed
from cqrs.stream.models import JournalHead, Parked
from cqrs.stream.slices import follow
from cqrs.tests.place import Place, own_projections
from tenants.provisioning import provision
from todos.domain import TODO, Todo
from todos.models import TodoRow
from todos.projections import row


@pytest.fixture(autouse=True)
def _stays_clean_and_leaves_nothing_behind(place: Place) -> Iterator[None]:
    yield
    place.drain()
    assert place.verify() == []
    with connection.cursor() as cursor:
        assert schemas_like(cursor, f"{place.schema}__") == []


def test_a_table_that_is_wrong_is_right_afterwards(place: Place) -> None:
    place.sql("DELETE FROM todo WHERE version = 1")
    place.sql("UPDATE todo SET name = 'wrong'")
    place.sql("UPDATE todo SET id = id || 'x' WHERE version = 3")
    assert again(place) == 4


def test_constraints_indexes_and_references_have_the_same_names_as_before(place: Place) -> None:
    with connection.cursor() as cursor:
        before = definition(cursor, place.schema, TodoRow)
        again(place)
        assert definition(cursor, place.schema, TodoRow) == before
    assert {"todo_created", "todo_status"} <= {name for name, _ in before.indexes}
    assert [f"{place.schema}.home" in of for _, kind, of in before.constraints if kind == "f"] == [True]


def test_the_journal_stays_as_it_is(place: Place) -> None:
    before = journal(place)
    again(place)
    assert journal(place) == before


def test_a_row_function_that_changed_shows_its_content(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def louder(todo: Todo) -> TodoRow:
        return row(replace(todo, description=f"{todo.name}!"))

    with monkeypatch.context() as patch:
        patch.setitem(PROJECTIONS, "TODO", Projection(TODO, TodoRow, louder))
        again(place)
        with schema_context(place.schema):
            assert all(todo.description == f"{todo.name}!" for todo in TodoRow.objects.all())
    again(place)


def test_writers_and_followers_go_on_meanwhile(place: Place) -> None:
    over, errors = threading.Event(), list[Exception]()

    def keep(do: Any) -> None:
        try:
            while not over.is_set():
                do()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def read() -> None:
        with schema_context(place.schema):
            assert TodoRow.objects.count() >= 4

    writers = [lambda: place.todo("new", "newer"), lambda: place.todo("other")]
    with ThreadPoolExecutor(5) as pool:
        for do in (*writers, follow, read, read):
            pool.submit(keep, do)
        try:
            for _ in range(3):
                again(place)
        finally:
            over.set()
    assert errors == []


BLOCKS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


def test_a_projection_that_is_open_while_tables_are_swapped_is_not_lost(place: Place) -> None:
    id = place.id(place.todo("held open"))
    facts, shown = list(place.store.history(id)), threading.Event()

    def hold_open(cursor: CursorWrapper) -> None:
        """Commit when the swap waits for just this: what it read before must not be all it knows."""
        shown.set()
        until, blocks = time.monotonic() + 20, False
        while not blocks and time.monotonic() < until:
            cursor.execute(BLOCKS)
            (blocks,) = cursor.fetchone()
        assert blocks

    def project() -> None:
        try:
            show(prepare(facts, store=place.store), commit=hold_open)
        finally:
            connection.close()

    def begin(what: str, done: int, total: int) -> None:
        """The rebuild has noted the position it starts from, and made the rows up to there."""
        if not begun:
            begun.append(pool.submit(project))
            assert shown.wait(10)

    begun = list[Future[None]]()
    with ThreadPoolExecutor(1) as pool:
        again(place, tell=begin)
        begun[0].result()
    with schema_context(place.schema):
        assert TodoRow.objects.filter(id=id).exists()


def test_a_reader_who_takes_his_time_is_waited_for(place: Place) -> None:
    reads, may_end = threading.Event(), threading.Event()

    def read() -> int:
        try:
            with schema_context(place.schema), transaction.atomic():
                before = TodoRow.objects.count()
                reads.set()
                assert may_end.wait(30)
                assert TodoRow.objects.count() == before
                return before
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        assert reads.wait(10)
        threading.Timer(1.5, may_end.set).start()
        assert again(place) == reading.result()


def test_cancelled_it_leaves_everything_as_it_was(place: Place) -> None:
    def cancel(what: str, done: int, total: int) -> None:
        job = Job.objects.get(tenant_code=place.code, state=Job.State.RUNNING)
        assert request_cancel(job.pk, by="staff:1", reason="not now")

    with pytest.raises(Cancelled):
        again(place, tell=cancel)
    job = Job.objects.filter(tenant_code=place.code).first()
    assert job
    assert (job.state, job.cancelled_by, job.cancel_reason) == ("cancelled", "staff:1", "not now")

    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again(place, tell=interrupt)


def test_two_at_once_are_one_too_many_until_the_first_is_dead(place: Place) -> None:
    job = Job(kind="rebuild", tenant_code=place.code, by="test", started_at=Now(), seen_at=Now())
    job.save()
    with pytest.raises(AlreadyRunning):
        again(place)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{place.schema}__rebuild_{job.pk}" CREATE TABLE todo (id text)')
    Job.objects.filter(pk=job.pk).update(seen_at=Now() - DEAD * 2)
    again(place)
    with pytest.raises(Cancelled), transaction.atomic(), connection.cursor() as cursor:
        Work(job, silent).hold(cursor)  # the dead one wakes up, and may not swap


def test_a_table_that_a_migration_changed_meanwhile_is_not_replaced(place: Place) -> None:
    def migrate(what: str, done: int, total: int) -> None:
        place.sql("ALTER TABLE todo ADD COLUMN IF NOT EXISTS estimate integer")

    with pytest.raises(Changed):
        again(place, tell=migrate)
    place.sql("ALTER TABLE todo DROP COLUMN estimate")


def test_a_row_that_cannot_be_made_stops_it_unless_that_is_known(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    sk = place.todo("bad")
    place.drain()

    def picky(todo: Todo) -> TodoRow:
        if todo.name == "bad":
            raise ValueError("bad")
        return row(todo)

    with monkeypatch.context() as patch:
        patch.setitem(PROJECTIONS, "TODO", Projection(TODO, TodoRow, picky))
        with pytest.raises(RowFails, match="bad"):
            again(place)
        parked = {"tenant_code": place.code, "state": "discarded", "version": 1, "parked_at": Now(), "reason": "x"}
        Parked.objects.create(entity_id=place.id(sk), **parked)
        again(place)
    Parked.objects.filter(entity_id=place.id(sk)).delete()
    with schema_context(place.schema):
        assert TodoRow.objects.get(id=place.id(sk)).name == "bad"


def test_the_command_says_what_it_did(place: Place) -> None:
    out = StringIO()
    with own_projections():
        call_command("rebuild", "todo", tenant=[place.code], reason="test", stdout=out)
        assert out.getvalue().startswith(f"{place.code}: ")
        with pytest.raises(CommandError, match="LAMPSHADE"):
            call_command("rebuild", "lampshade", tenant=[place.code])
        with pytest.raises(CommandError, match="nobody"):
            call_command("rebuild", tenant=["nobody"])


def test_a_journal_that_was_lost_begins_anew_and_is_filled_from_the_log(place: Place) -> None:
    place.drain()
    with own_projections():
        out = StringIO()
        call_command("rebuild", tenant=[place.code], from_log=True, stdout=out)
        assert out.getvalue().startswith("begun anew: none; 0 ")  # it is whole: nothing happens to it
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {place.schema} CASCADE; CREATE SCHEMA {place.schema}")
        migration = {"tenant": True, "schema_name": place.schema, "interactive": False, "verbosity": 0}
        call_command("migrate_schemas", **migration)
        provision(place.code, name=place.code, owner_email=f"owner@{place.code}.example")
        call_command("rebuild", tenant=[place.code], from_log=True, stdout=out)
        assert f"begun anew: {place.code}" in out.getvalue()


def again(place: Place, **options: Any) -> int:
    """Rebuild what this tenant shows of todos."""
    with own_projections():
        return rebuild(place.code, [TODO.type], store=place.store, by="test", **options)


def journal(place: Place) -> tuple[int, list[Any]]:
    with schema_context(place.schema):
        return JournalHead.objects.get(pk=place.code).position, list(JournalLine.objects.values_list())
