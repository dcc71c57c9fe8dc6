"""What an answer proves of the clocks. A process whose clock is wrong writes nothing, and goes on by itself."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import pytest

from conftest import Api
from cqrs import clocks
from cqrs.clocks import LOG, POSTGRES, ClockSkew, Offset, measure, note, note_date, skew
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.tests.toy import LAMP
from cqrs.writer import Writer


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    yield
    for store_name in (LOG, POSTGRES):
        note(store_name, Offset(0.0, 0.0))


@pytest.mark.parametrize(
    ("ahead", "took", "resolution", "is_skewed"),
    [
        (0.0, 0.0, 0.0, False),
        (4.9, 0.0, 0.0, False),
        (5.1, 0.0, 0.0, True),
        (-5.1, 0.0, 0.0, True),
        (5.1, 0.5, 0.0, False),  # the answer may have been under way for all of that
        (5.6, 0.5, 0.0, True),
        (-5.4, 0.0, 1.0, True),
        (5.4, 0.0, 1.0, False),  # whole seconds: the store's may be nearly over
        (6.1, 0.0, 1.0, True),
    ],
)
def test_a_clock_is_wrong_only_where_that_is_certain(
    ahead: float, took: float, resolution: float, is_skewed: bool
) -> None:
    """The store wrote its time at the end of the wait, and had just begun its second."""
    sent_at = 1_800_000_000.0
    offset = measure(sent_at=sent_at + ahead, took=took, remote_at=sent_at + took, resolution=resolution)
    assert offset.is_skewed is is_skewed
    assert abs(offset.seconds - ahead) <= offset.uncertainty + 1e-6


def test_either_store_is_enough_and_is_named() -> None:
    note(LOG, Offset(0.0, 0.5))
    assert skew() == ""
    note(POSTGRES, Offset(-7.25, 0.01))
    assert skew() == "7.2 s behind Postgres'"
    note(LOG, Offset(60.0, 0.5))
    assert skew() == "60.0 s ahead of the log's, 7.2 s behind Postgres'"
    note(POSTGRES, Offset(0.1, 0.01))
    assert skew() == "60.0 s ahead of the log's"


def test_an_answer_that_took_too_long_says_nothing() -> None:
    note(LOG, Offset(60.0, 0.5))
    note(LOG, Offset(0.0, 3.0))
    assert skew() == "60.0 s ahead of the log's"


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Nov 2026 00:00:00 GMT"])
def test_a_date_that_cannot_be_read_says_nothing(date: str | None) -> None:
    note(LOG, Offset(1.0, 0.5))
    note_date(date, sent_at=0.0, took=0.0)
    assert clocks.offsets()[LOG] == Offset(1.0, 0.5)


def test_a_date_of_another_minute_is_told() -> None:
    now = time.time()
    note_date(format_datetime(datetime.fromtimestamp(now - 60, UTC), usegmt=True), sent_at=now, took=0.0)
    assert skew().endswith("s ahead of the log's")


def test_a_process_whose_clock_is_wrong_reads_and_does_not_write(api: Api) -> None:
    written = api("POST", "todos/", {"name": "x"}).json()
    for method, path in [("POST", "todos/"), ("PATCH", f"todos/{written['id']}/"), ("POST", "webhooks/")]:
        note(POSTGRES, Offset(-60.0, 0.0))
        refused = api(method, path, {"name": "y"}, if_match="*")
        assert (refused.status_code, refused.json()["code"]) == (503, "clock_skew")
        assert refused.json()["retryable"] is True
        assert int(refused["Retry-After"]) >= 1
        assert "60.0 s behind Postgres'" in refused.json()["detail"]
        assert (
            api("GET", refused.json()["type"].partition("/problems/")[0] + "/problems/clock_skew/").status_code == 200
        )
    assert api("GET", f"todos/{written['id']}/?consistent=true").json()["version"] == 1


def test_workers_and_commands_do_not_write_either_and_every_answer_of_the_log_tells_the_time(tenants: Any) -> None:
    note(LOG, Offset(60.0, 0.5))
    for write in (
        lambda: store().write([], token="t"),
        lambda: store().load([]),
        lambda: store().next_number(f"SEQ#{uuid4()}", "x"),
    ):
        with pytest.raises(ClockSkew, match=r"60\.0 s ahead of the log's"):
            write()
    store().number(f"SEQ#{uuid4()}", "x")  # the clock is right again, says the answer
    assert store().next_number(f"SEQ#{uuid4()}", "x") == 1


@pytest.mark.parametrize("days", [-365, 365])
def test_the_time_that_a_command_is_given_is_no_clock(tenants: Any, tenant: str, days: int) -> None:
    """As `run_billing --now` gives one."""
    given = datetime.now(UTC) + timedelta(days=days)
    writer = Writer(Log(store(), tenant), Origin(Actor("user:1")), clock=lambda: given)
    assert writer.send(LAMP.create(name="Desk")).changed
