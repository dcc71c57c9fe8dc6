"""Figures of a month in which anything is used: whole numbers, and instants within the month."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.domain.metrics import month_after, month_of, month_start, shifted
from billing.domain.pace import forecast, limit_hit_at

NOW = st.datetimes(datetime(1970, 1, 1), datetime(9990, 1, 1), timezones=st.just(UTC))  # hypothesis' way
COUNT = st.integers(0, 2**63)


@given(COUNT, NOW)
def test_a_forecast_is_no_less_than_what_is_used_and_a_multiple_of_it_at_most(used: int, now: datetime) -> None:
    told = forecast(used, month_of(now), now=now)
    assert used <= told <= used * 31 * 24


@given(COUNT, st.none() | COUNT, NOW)
def test_a_limit_is_hit_within_the_month_or_not_at_all(used: int, limit: int | None, now: datetime) -> None:
    hit = limit_hit_at(used, limit, month_of(now), now=now)
    if hit is None:
        assert limit is None or used < limit
    else:
        assert now <= hit < month_after(month_of(now))
        assert limit is not None


@given(st.integers(1, 1000), st.integers(2, 1000), NOW)
def test_at_the_pace_of_the_forecast_a_limit_is_hit_where_the_forecast_is_above_it(
    used: int, more: int, now: datetime
) -> None:
    month, limit = month_of(now), used * more
    told = forecast(used, month, now=now)
    if abs(told - limit) > 1:  # what is rounded
        assert (limit_hit_at(used, limit, month, now=now) is not None) == (told > limit)


@given(NOW, st.integers(-40, 40))
def test_months_are_shifted_there_and_back(now: datetime, by: int) -> None:
    month = month_of(now)
    assert shifted(shifted(month, by), -by) == month
    assert timedelta(days=28) <= month_after(month) - month_start(month) <= timedelta(days=31)
