"""Reactions: in the order of the journal, at least once; what they command, once for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context
from structlog.testing import capture_logs

from conftest import TestTenant
from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Rotation, Version
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.models import JournalLine
from cqrs.numbering.models import SequenceSetting
from cqrs.numbering.settings import forget, keep
from cqrs.projections import PROJECTIONS, journals
from cqrs.projector import apply, schema_of
from cqrs.reactions import REACTIONS, effect, reaction
from cqrs.reactions import leases as reaction_leases
from cqrs.reactions import lines as journal_lines
from cqrs.reactions.cursors import start_over
from cqrs.reactions.decisions import NothingFails, retry_now, skip
from cqrs.reactions.handlers import meet
from cqrs.reactions.leases import pause_after
from cqrs.reactions.models import Cursor, Skipped
from cqrs.reactions.slices import DIED, react
from cqrs.stream.models import JournalHead
from cqrs.tests.toy import LAMP, Lamp, count, make, relabel, switch_on
from cqrs.writer import Writer

type Fact = Version[Lamp]


class Lamps:
    """A tenant's lamps: one that things happen to, and one on which reactions count."""

    def __init__(self, tenant: str) -> None:
        origin = Origin(Actor("user:1"), request_id=f"r-{uuid4()}", source="test")
        self.writer = Writer(Log(store(), tenant), origin)
        self.tenant = tenant
        self.lamp, self.tally = (self.writer.send(LAMP.create(name="lamp")).version.sk for _ in range(2))

    def happen(self, times: int = 1) -> list[int]:
        """Let something happen to the lamp, and show it. The versions."""
        ask = LAMP.ref(self.lamp).ask
        made = [self.writer.send(ask(relabel, name=f"{uuid4()}")).version.version for _ in range(times)]
        drain()
        return made

    def one_more(self, fact: Fact) -> Command[Lamp]:
        return LAMP.ref(self.tally).ask(count, times=1)

    @property
    def counted(self) -> int:
        return self.writer.log.get(LAMP, self.tally).state.lit


def drain() -> None:
    """Show everything that was written, and let what follows follow."""
    call_command("drain", verbosity=0)


def named[H: Callable[..., Any]](handler: H) -> H:
    """The handler under a name that no release had."""
    handler.__name__ = f"{handler.__name__}_{uuid4().hex}"
    return handler


def cursor_of(handler: object, tenant: str = "acme") -> Cursor:
    return Cursor.objects.get(tenant_code=tenant, handler=f"cqrs.{getattr(handler, '__name__', '')}")


def due(cursor: Cursor) -> None:
    """The time is over that a cursor waits for."""
    Cursor.objects.filter(id=cursor.id).update(next_at=Now())


@pytest.fixture(autouse=True)
def _none_else() -> Iterator[None]:
    journals(LAMP)
    before = dict(REACTIONS)
    yield
    REACTIONS.clear()
    REACTIONS.update(before)
    del PROJECTIONS[LAMP.type]


@pytest.fixture
def lamps(acme: TestTenant) -> Lamps:
    return Lamps(acme.code)


def counts_on(lamps: Lamps) -> Callable[[Fact], Any]:
    """A reaction that counts on the tally what happens to the lamp."""

    @named
    def counting(fact: Fact) -> Command[Lamp] | None:
        return lamps.one_more(fact) if fact.sk == lamps.lamp else None

    reaction(LAMP, "relabelled")(counting)
    meet()
    return counting


def notes(lamps: Lamps, *, fails: Callable[[], bool] = lambda: False) -> tuple[list[str], Callable[..., None]]:
    """An effect that notes the ids of what happens to the lamp."""
    noted = list[str]()

    @named
    def noting(fact: Fact, *, id: str) -> None:
        if fact.sk == lamps.lamp:
            if fails():
                raise RuntimeError("the mail server is away")
            noted.append(id)

    effect(LAMP, "relabelled")(noting)
    meet()
    return noted, noting


def test_a_fact_is_followed_by_what_its_reaction_commands(lamps: Lamps) -> None:
    counting = counts_on(lamps)
    lamps.happen()
    made = lamps.writer.log.get(LAMP, lamps.tally)
    assert (made.state.lit, made.fact, made.by) == (1, "counted", f"reaction:cqrs.{counting.__name__}")
    assert (made.source, made.request_id) == ("reaction", lamps.writer.origin.request_id)


def test_each_fact_counts_once_though_the_process_dies_after_each_command(
    lamps: Lamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = counts_on(lamps)

    def die(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(reaction_leases, "advance", die)
        with pytest.raises(OperationalError):
            lamps.happen(3)
        for _ in range(2):
            due(cursor_of(counting))
            with pytest.raises(OperationalError):
                react()
            Cursor.objects.filter(id=cursor_of(counting).id).update(attempts=0)
    assert lamps.counted == 1
    due(cursor_of(counting))
    assert react() == 3
    assert lamps.counted == 3


def test_what_was_done_for_a_fact_stays_done_though_the_handler_changes_its_mind(lamps: Lamps) -> None:
    mind: list[Callable[[Fact], Any]] = [lamps.one_more]

    @named
    def counting(fact: Fact) -> Any:
        return mind[-1](fact)

    reaction(LAMP, "switched_on")(counting)
    meet()
    lamps.writer.send(LAMP.ref(lamps.lamp).ask(switch_on))
    drain()
    mind.append(lambda _: LAMP.ref(lamps.tally).ask(count, times=100))
    again = cursor_of(counting)
    Cursor.objects.filter(id=again.id).update(position=again.position - 2)
    assert react() == 1
    assert lamps.counted == 1


def test_several_commands_are_one_transaction(lamps: Lamps) -> None:
    @named
    def two(fact: Fact) -> Iterator[Command[Lamp]]:
        if fact.sk == lamps.lamp:
            yield lamps.one_more(fact)
            yield LAMP.create(name="along")

    reaction(LAMP, "relabelled")(two)
    meet()
    lamps.happen()
    written = [fact for fact in _lines(lamps) if fact.source == "reaction"]
    assert {fact.fact for fact in written} == {"counted", "made"}
    assert len({fact.command_id for fact in written}) == 1


def test_what_a_reaction_creates_is_numbered_as_its_tenant_wants_it(lamps: Lamps) -> None:
    @named
    def another(fact: Fact) -> Command[Lamp] | None:
        return LAMP.create(name="another") if fact.sk == lamps.lamp else None

    reaction(LAMP, "relabelled")(another)
    meet()
    format = f"R{uuid4().hex[:8]}-%%no%%"
    own = {"rotation": Rotation.NONE, "start_month": None, "register_date": None, "prefix": "", "postfix": ""}
    keep(lamps.tenant, "LAMP", own | {"format": format}, by="user:1")
    try:
        lamps.happen()
    finally:
        with schema_context(schema_of(lamps.tenant)):
            SequenceSetting.objects.filter(type="LAMP").delete()
        forget()
    [made] = [fact for fact in _lines(lamps) if fact.source == "reaction"]
    assert made.code.startswith(format.partition("%")[0])


def test_a_refusal_is_an_answer_and_the_next_fact_comes(lamps: Lamps) -> None:
    broken = lamps.writer.send(LAMP.create(name="broken")).version.sk

    @named
    def refused(fact: Fact) -> Command[Lamp] | None:
        if fact.sk != lamps.lamp:
            return None
        return LAMP.ref(broken).ask(switch_on) if fact.version == 2 else lamps.one_more(fact)

    reaction(LAMP, "relabelled")(refused)
    meet()
    with capture_logs() as logs:
        lamps.happen(2)
    told = [line for line in logs if line["event"] == "reaction refused"]
    assert [(line["code"], line["fact"].rpartition("@")[2]) for line in told] == [("broken", "2")]
    assert lamps.counted == 1


def test_what_fails_waits_is_seen_and_hinders_no_other_handler(lamps: Lamps) -> None:
    away = [True]
    noted, noting = notes(lamps, fails=lambda: away[0])
    counts_on(lamps)
    lamps.happen(3)
    failed = cursor_of(noting)
    assert (noted, lamps.counted) == ([], 3)
    assert (failed.attempts, failed.error) == (1, "RuntimeError: the mail server is away")
    assert failed.fact == f"{_id(lamps)}@2"
    lamps.happen()
    assert (noted, lamps.counted, cursor_of(noting).attempts) == ([], 4, 1)
    due(failed)
    react()
    assert cursor_of(noting).attempts == 2
    away[0] = False
    due(failed)
    react()
    assert noted == [f"{_id(lamps)}@{version}:cqrs.{noting.__name__}" for version in (2, 3, 4, 5)]
    assert (cursor_of(noting).attempts, cursor_of(noting).error) == (0, "")


def test_a_handler_that_fails_in_one_tenant_goes_on_in_another(lamps: Lamps, globex: TestTenant) -> None:
    theirs, reached = Lamps(globex.code), list[str]()

    @named
    def failing(fact: Fact, *, id: str) -> None:
        if fact.tenant_code == lamps.tenant:
            raise RuntimeError
        reached.append(fact.sk)

    effect(LAMP, "relabelled")(failing)
    meet()
    lamps.happen()
    theirs.happen()
    assert reached == [theirs.lamp]


def test_pauses_double_up_to_hours_and_differ() -> None:
    assert timedelta(seconds=1) <= pause_after(1) <= timedelta(seconds=2)
    assert timedelta(seconds=64) <= pause_after(7) <= timedelta(seconds=128)
    assert timedelta(hours=2) <= pause_after(1000) <= timedelta(hours=4)
    assert len({pause_after(10) for _ in range(20)}) > 1


def test_staff_try_again_or_go_on_for_a_reason(lamps: Lamps) -> None:
    away = [True]
    noted, noting = notes(lamps, fails=lambda: away[0])
    first, second = lamps.happen(2)
    failed = cursor_of(noting)
    retry_now(failed.id)
    react()
    assert cursor_of(noting).attempts == 2
    with pytest.raises(ValueError, match="Say why"):
        skip(failed.id, reason=" ", by="staff:1")
    skip(failed.id, reason="they have moved", by="staff:1")
    away[0] = False
    react()
    assert [id.partition("@")[2].partition(":")[0] for id in noted] == [str(second)]
    skipped = Skipped.objects.get(handler=f"cqrs.{noting.__name__}")
    assert (skipped.fact, skipped.reason, skipped.decided_by) == (f"{_id(lamps)}@{first}", "they have moved", "staff:1")
    assert skipped.error == "RuntimeError: the mail server is away"
    for decide in (lambda: retry_now(failed.id), lambda: skip(failed.id, reason="again", by="staff:1")):
        with pytest.raises(NothingFails):
            decide()


def test_a_new_handler_starts_now_unless_it_wants_all(lamps: Lamps) -> None:
    lamps.happen(2)
    noted, _ = notes(lamps)
    everything = list[int]()

    @named
    def all_of_it(fact: Fact, *, id: str) -> None:
        if fact.sk == lamps.lamp:
            everything.append(fact.version)

    effect(LAMP, from_beginning=True)(all_of_it)
    lamps.happen()
    assert (len(noted), everything) == (1, [1, 2, 3, 4])


def test_a_journal_made_again_repeats_nothing_that_was_before_the_handler(lamps: Lamps) -> None:
    lamps.happen(2)
    noted, noting = notes(lamps)
    Cursor.objects.filter(id=cursor_of(noting).id).update(position=0)
    react()
    assert noted == []
    lamps.happen()
    assert len(noted) == 1


def test_where_a_journal_begins_anew_each_handler_goes_on_after_what_it_has_handled(lamps: Lamps) -> None:
    noted, noting = notes(lamps)
    lamps.happen(2)
    gone = REACTIONS.pop(f"cqrs.{noting.__name__}")
    lamps.happen()
    REACTIONS[gone.name] = gone
    with transaction.atomic():
        start_over(lamps.tenant)
    assert cursor_of(noting).position == 0  # and the same facts come again, in the journal that is there
    react()
    assert [id.partition("@")[2].partition(":")[0] for id in noted] == ["2", "3", "4"]


def test_a_rebuild_is_no_news(initech: TestTenant) -> None:
    lamps = Lamps(initech.code)
    noted, noting = notes(lamps)
    lamps.happen(2)
    before = cursor_of(noting, initech.code).position
    call_command("rebuild", "TODO", tenant=[lamps.tenant], verbosity=0)
    drain()
    assert (len(noted), cursor_of(noting, initech.code).position, _head(lamps)) == (2, before, before)


def test_facts_shown_again_are_no_news(lamps: Lamps) -> None:
    noted, _ = notes(lamps)
    lamps.happen(2)
    assert apply(store().history(_id(lamps)), store=store()) == 0
    assert (react(), len(noted)) == (0, 2)


def test_a_handler_that_is_gone_is_ignored_and_carries_on_when_it_comes_back(lamps: Lamps) -> None:
    noted, noting = notes(lamps)
    gone = REACTIONS.pop(f"cqrs.{noting.__name__}")
    lamps.happen(2)
    assert noted == []
    REACTIONS[gone.name] = gone
    react()
    assert len(noted) == 2


def test_a_handler_that_is_far_behind_catches_up_window_by_window(
    lamps: Lamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted, noting = notes(lamps)
    gone = REACTIONS.pop(f"cqrs.{noting.__name__}")
    lamps.happen(5)
    for _ in range(4):
        lamps.writer.send(LAMP.create(name="of no concern"))
    lamps.happen(2)
    REACTIONS[gone.name] = gone
    monkeypatch.setattr(journal_lines, "WINDOW", 3)
    monkeypatch.setattr(journal_lines, "PAGE", 2)
    assert react() == 7
    assert [id.partition("@")[2].partition(":")[0] for id in noted] == [str(version) for version in range(2, 9)]
    assert cursor_of(noting).position == _head(lamps)


def test_of_many_who_react_at_once_one_handles_each_fact_in_order(lamps: Lamps) -> None:
    noted, noting = notes(lamps)
    gone = REACTIONS.pop(f"cqrs.{noting.__name__}")
    lamps.happen(30)
    REACTIONS[gone.name] = gone
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: _react_in_a_thread(), range(6))) == 30
    assert noted == [f"{_id(lamps)}@{version}:{gone.name}" for version in range(2, 32)]


def test_no_lock_and_no_connection_is_held_while_an_effect_takes_its_time(lamps: Lamps) -> None:
    has_connection = list[bool]()

    @named
    def slow(fact: Fact, *, id: str) -> None:
        has_connection.append(connection.connection is not None)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_lock_all_cursors).result()

    effect(LAMP, "relabelled")(slow)
    meet()
    lamps.happen()
    assert has_connection == [False]


def test_whoever_dies_is_followed_by_another_and_keeps_being_paused(lamps: Lamps) -> None:
    noted, noting = notes(lamps)
    gone = REACTIONS.pop(f"cqrs.{noting.__name__}")
    lamps.happen(2)
    REACTIONS[gone.name] = gone
    mine = Cursor.objects.filter(id=cursor_of(noting).id)
    mine.update(holder="gone:1", attempts=1)
    assert (react(), noted) == (0, [])
    paused = mine.get()
    assert (paused.attempts, paused.error, paused.fact, paused.holder) == (2, DIED, f"{_id(lamps)}@2", "")
    mine.update(holder="gone:2", attempts=0, next_at=Now())
    assert (react(), len(noted)) == (2, 2)


def test_what_comes_late_after_a_lost_lease_moves_nothing(lamps: Lamps) -> None:
    @named
    def slow(fact: Fact, *, id: str) -> None:
        mine = Cursor.objects.filter(handler=f"cqrs.{slow.__name__}", tenant_code=lamps.tenant)
        mine.update(epoch=F("epoch") + 1, holder="", next_at=Now() + timedelta(hours=1))

    effect(LAMP, "relabelled")(slow)
    meet()
    before = cursor_of(slow).position
    with capture_logs() as logs:
        lamps.happen()
    assert "reaction's lease lost" in [line["event"] for line in logs]
    assert cursor_of(slow).position == before < _head(lamps)


def test_without_handlers_nothing_is_asked_of_postgres() -> None:
    REACTIONS.clear()
    with CaptureQueriesContext(connection) as asked:
        assert react() == 0
    assert len(asked) == 0


def test_handlers_that_nothing_concerns_cost_no_query_each(lamps: Lamps) -> None:
    for _ in range(20):
        notes(lamps)
    lamps.writer.send(LAMP.ref(lamps.lamp).ask(switch_on))
    gone = dict(REACTIONS)
    REACTIONS.clear()
    drain()
    REACTIONS.update(gone)
    with CaptureQueriesContext(connection) as asked:
        assert react() == 0
    assert len(asked) < 12
    assert {each.position for each in Cursor.objects.filter(tenant_code="acme", handler__in=gone)} == {_head(lamps)}


def test_a_handler_that_names_no_fact_or_a_taken_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no fact relit"):
        reaction(LAMP, "relit")(lambda fact: None)
    reaction(LAMP, "made")(make_another)
    with pytest.raises(ValueError, match="already"):
        reaction(LAMP, "made")(make_another)


def make_another(fact: Fact) -> Command[Lamp]:
    return Command(LAMP, LAMP.rule(make.__name__), {"name": fact.name})


def _lines(lamps: Lamps) -> list[Any]:
    request_id = lamps.writer.origin.request_id
    with schema_context(schema_of("acme")):
        return list(JournalLine.objects.filter(request_id=request_id).order_by("position"))


def _head(lamps: Lamps) -> int:
    return JournalHead.objects.get(tenant_code=lamps.tenant).position


def _id(lamps: Lamps) -> str:
    return lamps.writer.log.id(LAMP, lamps.lamp)


def _react_in_a_thread() -> int:
    try:
        return react()
    finally:
        connection.close()


def _lock_all_cursors() -> None:
    try:
        with transaction.atomic():
            list(Cursor.objects.select_for_update(nowait=True))
    finally:
        connection.close()
