"""Deadlines: what a part may take is never more than what the whole has left."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from cqrs.deadlines import begin, time_left


def test_where_nothing_bounds_the_work_a_call_may_take_its_longest() -> None:
    assert time_left(7.0) == 7.0


def test_within_a_deadline_a_call_takes_no_more_than_is_left() -> None:
    with begin(5.0):
        assert 4.0 < time_left(60.0) <= 5.0
        assert time_left(1.0) == 1.0
    assert time_left(60.0) == 60.0


def test_a_part_may_end_sooner_than_the_whole_and_never_later() -> None:
    with begin(5.0):
        with begin(1.0):
            assert time_left(60.0) <= 1.0
        with begin(60.0):
            assert time_left(60.0) <= 5.0
        assert time_left(60.0) > 4.0


def test_a_deadline_that_is_past_leaves_nothing() -> None:
    with begin(-1.0):
        assert time_left(60.0) == 0.0


def test_a_deadline_ends_with_the_work_that_failed() -> None:
    with pytest.raises(ZeroDivisionError), begin(5.0):
        raise ZeroDivisionError
    assert time_left(60.0) == 60.0


def test_a_thread_has_the_deadline_whose_context_it_was_handed() -> None:
    with begin(5.0), ThreadPoolExecutor(1) as pool:
        assert pool.submit(time_left, 60.0).result() == 60.0
        assert pool.submit(copy_context().run, time_left, 60.0).result() <= 5.0
