"""Instants from outside: in range for any arithmetic that follows, or refused."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqrs.domain import InstantOutOfRange, clamp_to_utc, to_utc
from cqrs.domain.instants import MAX_INSTANT, MIN_INSTANT

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(timezones=OFFSETS | st.just(UTC))
ENDS = (
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5))),
)


@given(INSTANTS)
def test_what_is_in_range_is_the_same_instant_in_utc_and_has_a_local_time_everywhere(at: datetime) -> None:
    try:
        found = to_utc(at)
    except InstantOutOfRange:
        assert not MIN_INSTANT <= at <= MAX_INSTANT
        return
    assert (found, found.tzinfo) == (at, UTC)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert found.astimezone(ZoneInfo(zone)) == at


@given(INSTANTS, INSTANTS)
def test_what_is_only_compared_keeps_its_order(one: datetime, other: datetime) -> None:
    assert (clamp_to_utc(one) <= clamp_to_utc(other)) or one > other


@pytest.mark.parametrize("at", ENDS)
def test_the_ends_of_the_calendar_are_refused_where_they_are_kept(at: datetime) -> None:
    with pytest.raises(InstantOutOfRange):
        to_utc(at)
    assert clamp_to_utc(at) in (MIN_INSTANT, MAX_INSTANT)


def test_without_a_zone_it_is_utc() -> None:
    assert to_utc(datetime(2026, 11, 1, 12)) == datetime(2026, 11, 1, 12, tzinfo=UTC)  # that is the point
