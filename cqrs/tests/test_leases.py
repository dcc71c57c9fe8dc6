"""What leases promise, in Postgres and in memory alike: who holds a shard, who is fenced, who is suspect."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cqrs.projector.faults import Fenced
from cqrs.stream.leases import LEASE, Lease, Leases
from cqrs.tests.kept import CHILD, ROOT, Kept


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
