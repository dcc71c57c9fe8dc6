"""What the writer promises, on both stores."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cqrs.codec import NumberOutOfRange
from cqrs.domain import Conflict, KeyReused, NotFound, Version
from cqrs.sequences import Numbers
from cqrs.tests.toy import LAMP, Broken, Lamp, count, relabel, switch_on
from cqrs.writer import Answer, Once, Writer


def test_a_new_entity_is_version_1_with_its_number_its_fact_and_its_author(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    assert (made.version, made.code, made.sk, made.fact, made.rule) == (1, "L-0001", "LAMP#L-0001", "made", "make")
    assert (made.name, made.by, made.created_by, made.request_id) == ("Desk", "user:1", "user:1", "r-1")
    assert made.args == {"name": "Desk"}
    assert writer.log.get(LAMP, made.sk) == made


def test_a_change_is_the_next_version_and_the_one_before_stays_as_it_was(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    lit = writer.send(LAMP.ref(made.sk, version=1).ask(switch_on)).version
    assert (lit.version, lit.state.is_lit, lit.state.last) == (2, True, "user:1")
    assert writer.log.get(LAMP, made.sk, version=1) == made
    assert [each.fact for each in writer.log.history(LAMP, made.sk)] == ["made", "switched_on"]


def test_asking_twice_for_what_already_holds_writes_nothing(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    first = writer.send(LAMP.ref(made.sk).ask(switch_on))
    again = writer.send(LAMP.ref(made.sk).ask(switch_on))
    assert (first.changed, again.changed, again.version.version) == (True, False, 2)


def test_a_stale_version_is_a_conflict_that_says_what_changed(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name="Hall"))
    with pytest.raises(Conflict) as conflict:
        writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name="Attic"))
    assert conflict.value.fields == {"current_version": 2, "changed_fields": ["name"]}


def test_a_version_from_the_future_is_a_conflict_too(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    with pytest.raises(Conflict) as conflict:
        writer.send(LAMP.ref(made.sk, version=7).ask(relabel, name="Attic"))
    assert conflict.value.current_version == 1


def test_a_refused_command_writes_nothing_and_uses_up_no_number(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="broken")).version
    with pytest.raises(Broken):
        writer.send(LAMP.ref(made.sk).ask(switch_on))
    assert writer.log.get(LAMP, made.sk).version == 1
    assert writer.send(LAMP.create(name="next")).version.code == "L-0002"


def test_what_is_not_there_is_not_found(writer: Writer) -> None:
    with pytest.raises(NotFound):
        writer.send(LAMP.ref("LAMP#L-9999").ask(switch_on))


def test_of_many_at_one_version_exactly_one_wins(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version

    def attempt(number: int) -> object:
        try:
            return writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name=f"by {number}")).version.version
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(attempt, range(32)))
    assert results.count(2) == 1
    assert sum(isinstance(each, Conflict) and each.current_version == 2 for each in results) == 31
    assert [each.version for each in writer.log.history(LAMP, made.sk)] == [1, 2]


def test_many_without_a_version_all_get_their_turn(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: writer.send(LAMP.ref(made.sk).ask(count, times=1)), range(24)))
    head = writer.log.get(LAMP, made.sk)
    assert (head.version, head.state.lit) == (25, 24)


def test_gap_free_numbers_have_no_hole_and_no_double(writer: Writer) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: writer.send(LAMP.create(name=f"{n}")).version.code, range(40)))
    assert sorted(codes) == [f"L-{no:04}" for no in range(1, 41)]


def test_gap_free_numbers_hold_across_processes_too(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process does not queue where this one's threads do."""
    monkeypatch.setattr(Numbers, "turn", lambda *_: nullcontext())
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: writer.send(LAMP.create(name=f"{n}")).version.code, range(24)))
    assert sorted(codes) == [f"L-{no:04}" for no in range(1, 25)]


def test_a_change_sent_16_times_at_once_under_one_key_is_made_once(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    command = LAMP.ref(made.sk, version=1).ask(count, times=1)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: writer.send(command, once=Once("k", "d")), range(16)))
    assert {answer.version.version for answer in answers} == {2}
    assert writer.log.get(LAMP, made.sk).state.lit == 1


@pytest.mark.parametrize("times", [2**63, -(10**40), 10**400])
def test_a_number_too_large_to_keep_is_refused(writer: Writer, times: int) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    with pytest.raises(NumberOutOfRange):
        writer.send(LAMP.ref(made.sk).ask(count, times=times))


def test_the_same_key_answers_the_same_and_happens_once(writer: Writer) -> None:
    once = Once("k1", "digest", 201)

    def create(_: int) -> Answer[Lamp]:
        return writer.send(LAMP.create(name="Desk"), once=once)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(create, range(16)))
    assert len({answer.version.id for answer in answers}) == 1
    assert sum(answer.replayed is None for answer in answers) == 1
    assert {answer.replayed for answer in answers} == {None, 201}
    assert writer.send(LAMP.create(name="Other")).version.code == "L-0002"


def test_a_key_is_looked_up_before_versions_are_compared(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    command, once = LAMP.ref(made.sk, version=1).ask(relabel, name="Hall"), Once("k", "d")
    first, again = writer.send(command, once=once), writer.send(command, once=once)
    assert again.replayed == 200
    assert _comparable(again.version) == _comparable(first.version)


def test_a_key_of_another_request_is_refused(writer: Writer) -> None:
    writer.send(LAMP.create(name="Desk"), once=Once("k", "one"))
    with pytest.raises(KeyReused):
        writer.send(LAMP.create(name="Desk"), once=Once("k", "another"))


def test_a_key_is_kept_even_when_nothing_changed(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    same, once = LAMP.ref(made.sk).ask(relabel, name="Desk"), Once("k", "d")
    assert writer.send(same, once=once).changed is False
    writer.send(LAMP.ref(made.sk).ask(relabel, name="Hall"))
    assert writer.send(same, once=once).version.version == 1


def test_a_key_is_remembered_for_two_days_or_forever(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    for key, forever in (("days", False), ("forever", True)):
        writer.send(LAMP.ref(made.sk).ask(count, times=1), once=Once(key, "d", forever=forever))
    days, forever_kept = writer.log.receipt("days"), writer.log.receipt("forever")
    assert days
    assert forever_kept
    assert days.expires_at
    assert timedelta(hours=47) < datetime.fromtimestamp(days.expires_at, UTC) - made.at < timedelta(hours=49)
    assert (forever_kept.expires_at, forever_kept.version) == (None, 3)
    assert writer.send(LAMP.ref(made.sk).ask(count, times=1), once=Once("forever", "d")).replayed == 200


def test_a_refusal_is_not_kept_under_its_key(writer: Writer) -> None:
    made = writer.send(LAMP.create(name="broken")).version
    with pytest.raises(Broken):
        writer.send(LAMP.ref(made.sk).ask(switch_on), once=Once("k", "d"))
    writer.send(LAMP.ref(made.sk).ask(relabel, name="mended"))
    assert writer.send(LAMP.ref(made.sk).ask(switch_on), once=Once("k", "d")).version.state.is_lit


def _comparable(version: Version[Lamp]) -> Version[Lamp]:
    return replace(version, args=dict(version.args))
