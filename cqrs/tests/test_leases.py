"""What leases promise, in Postgres and in memory alike: the simulator's stand for the real ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from cqrs.projector.faults import Fenced
from cqrs.projector.show import Commit
from cqrs.stream.leases import LEASE, STALE, Lease, Leases
from cqrs.stream.models import Shard
from cqrs.stream.shards import PostgresLeases
from cqrs.stream.source import ShardInfo
from cqrs.tests.simulator.leases import MemoryLeases, Noted
from cqrs.tests.simulator.stream import Clock

ROOT, CHILD = ShardInfo("shard-1", ""), ShardInfo("shard-2", "shard-1")


@dataclass(frozen=True)
class Kept:
    """Where leases are kept."""

    by: Callable[[str], Leases]
    shard: Callable[[str], Any]
    pass_time: Callable[[timedelta], object]
    commit: Callable[[Commit], None]
    segments: Callable[[], int]

    def claim(self, holder: str = "me", *, idle_for: timedelta = timedelta()) -> Lease:
        lease = self.by(holder).claim(idle_for=idle_for)
        assert lease
        return lease


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        yield _in_memory()
    else:
        request.getfixturevalue("acme")
        Shard.objects.all().delete()
        yield _in_postgres()
        Shard.objects.all().delete()


@pytest.fixture
def me(kept: Kept) -> Leases:
    """Leases with one shard, after whose first registration the table has been read."""
    me = kept.by("me")
    me.register([ROOT])
    for _ in range(4):
        lease = me.claim(but=[ROOT.id])
        assert lease
        me.close(lease)
    return me


def test_a_shard_has_one_holder_at_a_time(me: Leases, kept: Kept) -> None:
    kept.claim()
    assert me.claim() is None
    assert kept.by("you").claim() is None


def test_a_lease_that_ran_out_is_claimed_under_a_new_epoch_and_fences_the_old_one(me: Leases, kept: Kept) -> None:
    old = kept.claim()
    kept.pass_time(LEASE)
    new = kept.claim("you")
    assert (new.epoch, new.deaths) == (old.epoch + 1, 1)
    for late in (me.commit(old, last="7"), me.renew(old), me.acquit(old)):
        with pytest.raises(Fenced):
            kept.commit(late)
    with pytest.raises(Fenced):
        me.mark(old, ["a"])
    with pytest.raises(Fenced):
        me.heal(old)
    me.close(old)
    me.let_go(old)
    assert me.release(old)
    kept.commit(kept.by("you").commit(new, last="8"))
    found = kept.shard(ROOT.id)
    assert (found.checkpoint, found.deaths, found.holder, found.is_closed) == ("8", 0, "you", False)


def test_every_sign_of_life_renews_a_lease(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    signs: list[Callable[[], object]] = [
        lambda: kept.commit(me.renew(lease)),
        lambda: kept.commit(me.acquit(lease)),
        lambda: kept.commit(me.commit(lease, last="1")),
        lambda: me.mark(lease, ["a"]),
        lambda: me.heal(lease),
    ]
    for sign in signs:
        kept.pass_time(LEASE * 0.8)
        sign()
    assert kept.by("you").claim() is None


def test_suspects_are_told_to_the_next_holder_and_others_have_killed_nobody_yet(me: Leases, kept: Kept) -> None:
    for suspects, deaths in (["a", "b"], 1), (["a"], 1), (["a"], 2), (["a"], 3), (["b"], 1):
        me.mark(kept.claim(), suspects)
        me.bury("me")
        noted = kept.shard(ROOT.id)
        assert (list(noted.suspects), noted.deaths + 1) == (suspects, deaths)
    last = kept.claim()
    assert (last.suspects, last.deaths) == (("b",), 1)


def test_an_acquitted_suspect_is_none(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    me.mark(lease, ["a"])
    kept.commit(me.acquit(lease))
    me.bury("me")
    found = kept.claim()
    assert (found.suspects, found.deaths) == ((), 1)


def test_nobody_is_suspect_who_was_not_in_trial_when_the_holder_died(me: Leases, kept: Kept) -> None:
    me.mark(kept.claim(), ["a"])
    me.let_go(Lease(ROOT.id, "", kept.shard(ROOT.id).epoch))
    kept.claim()
    me.bury("me")
    found = kept.claim()
    assert (found.suspects, found.deaths) == ((), 1)


def test_a_shard_given_back_is_no_death(me: Leases, kept: Kept) -> None:
    me.let_go(kept.claim())
    assert kept.claim().deaths == 0


def test_a_child_waits_for_its_parent(me: Leases, kept: Kept) -> None:
    me.register([ROOT, CHILD])
    parent = kept.claim()
    assert (parent.shard, me.claim()) == (ROOT.id, None)
    me.close(parent)
    assert kept.claim().shard == CHILD.id
    assert me.claim() is None


def test_a_ring_while_a_shard_is_held_makes_its_holder_look_again(me: Leases, kept: Kept) -> None:
    assert not me.ring()
    lease = kept.claim()
    assert me.ring()
    assert me.release(lease) is False
    assert me.release(lease) is True
    assert not me.ring()


def test_a_shard_just_looked_at_is_left_alone_by_a_periodic_slice(me: Leases, kept: Kept) -> None:
    me.release(kept.claim())
    assert me.claim(idle_for=timedelta(seconds=60)) is None
    kept.pass_time(timedelta(seconds=60))
    assert me.claim(idle_for=timedelta(seconds=60)) is not None


def test_a_dead_holder_is_not_waited_for_by_a_periodic_slice(me: Leases, kept: Kept) -> None:
    kept.claim()
    me.bury("me")
    assert me.claim(idle_for=timedelta(seconds=60)) is not None


def test_a_beginning_that_nobody_read_for_a_day_is_stale(me: Leases, kept: Kept) -> None:
    kept.pass_time(STALE + timedelta(minutes=1))
    lease = kept.claim()
    assert lease.is_stale
    me.heal(lease)
    me.let_go(lease)
    leases = [kept.claim() for _ in range(5)]
    assert [lease.is_stale for lease in leases] == [False] * 5
    assert {lease.segment for lease in leases} == {"", "0/4", "1/4", "2/4", "3/4"}


def test_what_was_read_up_to_a_record_is_not_stale_for_the_stream_says_when_that_is_gone(
    me: Leases, kept: Kept
) -> None:
    lease = kept.claim()
    kept.commit(me.commit(lease, last="7"))
    kept.pass_time(STALE * 2)
    assert not kept.claim().is_stale


def test_a_child_is_as_stale_as_its_parent(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    me.close(lease)
    kept.pass_time(STALE + timedelta(minutes=1))
    me.register([CHILD, ShardInfo("shard-3", CHILD.id)])
    child = kept.claim()
    assert (child.shard, child.is_stale) == (CHILD.id, True)
    me.close(child)
    assert kept.claim().is_stale


def test_who_slept_after_an_empty_look_does_not_say_that_it_looked_just_now(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    kept.pass_time(STALE + timedelta(minutes=1))
    assert me.release(lease)
    assert kept.claim().is_stale


def test_a_child_of_a_shard_whose_reader_slept_before_it_closed_it_is_stale(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    kept.pass_time(STALE + timedelta(minutes=1))
    kept.commit(me.commit(lease, last="7"))
    me.close(lease)
    me.register([CHILD])
    assert kept.claim().is_stale


def test_the_table_is_read_when_a_shard_continues_none_that_is_known(me: Leases, kept: Kept) -> None:
    assert kept.segments() == 4
    me.register([ROOT, CHILD])
    assert kept.segments() == 4
    me.register([ShardInfo("shard-9", "shard-8")])  # what is not there any more was written before the table was read
    assert kept.segments() == 4
    kept.pass_time(STALE + timedelta(minutes=1))
    me.register([ShardInfo("shard-11", "shard-10")])
    assert kept.segments() == 8
    me.register([ShardInfo("shard-12", "")])  # another stream: nobody knows how long there was none
    assert kept.segments() == 12


def test_a_shard_that_lost_something_is_read_from_what_is_left_and_the_table_once_a_day(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    kept.commit(me.commit(lease, last="7"))
    me.heal(lease)
    assert (kept.shard(ROOT.id).checkpoint, kept.segments()) == ("", 4)
    kept.pass_time(STALE + timedelta(minutes=1))
    me.heal(lease)
    assert kept.segments() == 8


def test_healing_does_not_make_a_shard_fresher_than_the_reading_of_the_table(me: Leases, kept: Kept) -> None:
    lease = kept.claim()
    kept.pass_time(STALE - timedelta(minutes=1))
    me.heal(lease)
    kept.pass_time(timedelta(minutes=2))
    assert kept.claim().is_stale


def _in_memory() -> Kept:
    clock, table = Clock(), dict[str, Noted]()

    def pass_time(by: timedelta) -> None:
        clock.now += by.total_seconds()

    return Kept(
        by=lambda holder: MemoryLeases(holder, clock, table),
        shard=table.__getitem__,
        pass_time=pass_time,
        commit=lambda commit: commit(None),  # type: ignore[arg-type]  # there is no cursor in memory
        segments=lambda: len([each for each in table.values() if each.segment]),
    )


def _in_postgres() -> Kept:
    def commit(commit: Commit) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            commit(cursor)

    return Kept(
        by=PostgresLeases,
        shard=lambda id: Shard.objects.get(id=id),
        pass_time=lambda by: Shard.objects.update(
            leased_until=F("leased_until") - by, caught_up_at=F("caught_up_at") - by
        ),
        commit=commit,
        segments=Shard.objects.exclude(segment="").count,
    )
