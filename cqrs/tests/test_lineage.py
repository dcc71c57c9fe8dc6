"""What the stream may have lost: stale beginnings, unknown parents, and how often the table is read for them."""

from datetime import timedelta

from cqrs.stream.leases import STALE, Leases
from cqrs.stream.source import ShardInfo
from cqrs.tests.kept import CHILD, ROOT, Kept


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
