"""The tables as they are made, as they are mended, and what is said where they cannot be. Each test has a DynamoDB of
its own: another access key is another database."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from cqrs.domain import StoreAway
from cqrs.dynamodb import client as clients
from cqrs.dynamodb import features
from cqrs.dynamodb.client import dynamodb
from cqrs.dynamodb.features import TableUnfit, describe
from cqrs.dynamodb.tables import create_tables
from cqrs.tests.proxy import Fate, meddling

NO_RECOVERY = "this store keeps no point-in-time recovery"


@contextmanager
def at(settings: Settings, endpoint: str, *, key: str) -> Iterator[None]:
    """Within it, the client of the tables speaks to this DynamoDB."""
    before = settings.DYNAMODB
    settings.DYNAMODB = before | {"endpoint": endpoint, "access_key": key}
    clients.dynamodb.cache_clear()
    try:
        yield
    finally:
        settings.DYNAMODB = before
        clients.dynamodb.cache_clear()


@pytest.fixture
def empty(settings: Settings) -> Iterator[None]:
    """An empty database of the emulator."""
    with at(settings, settings.DYNAMODB["endpoint"], key=f"tables{uuid4().hex}"):
        yield


@pytest.fixture
def amazon(settings: Settings) -> Iterator[None]:
    """A DynamoDB that has what Amazon's has, of another make."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with at(settings, f"http://{host}:{port}", key="amazon"):
            yield
    finally:
        server.stop()


def make(name: str, *, hash: str, range: str, kind: Any = "S", **more: Any) -> None:
    """A table as somebody else has made it."""
    dynamodb().create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": hash, "AttributeType": "S"},
            {"AttributeName": range, "AttributeType": kind},
        ],
        KeySchema=[{"AttributeName": hash, "KeyType": "HASH"}, {"AttributeName": range, "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def are_whole() -> bool:
    """Whether both tables have all that the emulator can."""
    events, counters = describe("events"), describe("counters")
    expiry = dynamodb().describe_time_to_live(TableName="counters")["TimeToLiveDescription"]
    return (
        events["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        and events["DeletionProtectionEnabled"]
        and counters["DeletionProtectionEnabled"]
        and (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
    )


@pytest.mark.usefixtures("empty")
def test_they_are_made_whole_once_and_what_the_store_cannot_is_said() -> None:
    assert str(create_tables()) == f"created events, counters; {NO_RECOVERY}"
    assert are_whole()
    assert str(create_tables()) == NO_RECOVERY
    with pytest.raises(ClientError, match="protected against deletion"):
        dynamodb().delete_table(TableName="events")


@pytest.mark.usefixtures("empty")
def test_two_at_once_make_them_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: create_tables(), range(4)))
    assert all(NO_RECOVERY in str(each) for each in reports)
    assert are_whole()


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("view", [None, "KEYS_ONLY", "NEW_AND_OLD_IMAGES"])
def test_what_older_tables_lack_is_mended(view: str | None) -> None:
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if view else {}
    make("events", hash="id", range="version", kind="N", **stream)
    make("counters", hash="pk", range="sk")
    said = str(create_tables())
    assert f"events: its stream shows NEW_IMAGE now, not {view or 'nothing'}" in said
    assert "counters: items expire by expires_at now" in said
    assert said.count("protected against deletion now") == 2
    assert are_whole()
    assert str(create_tables()) == NO_RECOVERY


@pytest.mark.usefixtures("empty")
def test_other_keys_are_somebody_elses_table() -> None:
    make("events", hash="pk", range="version", kind="N")
    with pytest.raises(TableUnfit, match=r"has the keys pk \(S\) version \(N\), not id \(S\) version \(N\)"):
        create_tables()


@pytest.mark.usefixtures("empty")
def test_items_that_expire_by_something_else_are_left_to_a_person() -> None:
    make("counters", hash="pk", range="sk")
    other: Any = {"Enabled": True, "AttributeName": "gone_at"}
    dynamodb().update_time_to_live(TableName="counters", TimeToLiveSpecification=other)
    with pytest.raises(TableUnfit, match="items of counters expire by gone_at"):
        create_tables()


@pytest.mark.usefixtures("amazon")
def test_where_the_store_can_they_are_recoverable_and_protected() -> None:
    assert str(create_tables()) == "created events, counters"
    assert are_whole()
    for name in ("events", "counters"):
        backups = dynamodb().describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert str(create_tables()) == ""
    off: Any = {"PointInTimeRecoveryEnabled": False}
    dynamodb().update_continuous_backups(TableName="events", PointInTimeRecoverySpecification=off)
    assert str(create_tables()) == "events: it can be recovered to any point in time now"


def _error(code: str) -> tuple[int, bytes]:
    return 400, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}).encode()


def through(settings: Settings, meddle: Callable[[str, bytes], Fate]) -> Any:
    """A proxy before the emulator's empty database."""
    return meddling(settings.DYNAMODB["endpoint"], meddle)


@pytest.mark.parametrize("operation", ["DescribeContinuousBackups", "DescribeTimeToLive", "DescribeTable"])
def test_what_we_may_not_is_an_error_and_no_lack_of_the_store(settings: Settings, operation: str) -> None:
    def meddle(asked: str, _: bytes) -> Fate:
        return Fate(instead=_error("AccessDeniedException")) if asked == operation else Fate()

    with through(settings, meddle) as address, at(settings, address, key=f"tables{uuid4().hex}"):
        with pytest.raises(StoreAway) as refused:
            create_tables()
        assert "may not do this" in refused.value.cure


def test_a_table_that_was_just_made_is_asked_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon's answer for the first seconds of a table; see UpdateContinuousBackups in its API reference."""
    monkeypatch.setattr(features, "POLL", 0.01)
    early = [_error("ContinuousBackupsUnavailableException")] * 2
    off = {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}}

    def meddle(asked: str, _: bytes) -> Fate:
        if asked == "DescribeContinuousBackups":
            return Fate(instead=(200, json.dumps(off).encode()))
        if asked == "UpdateContinuousBackups":
            return Fate(instead=early.pop() if early else (200, json.dumps(off).encode()))
        return Fate()

    with through(settings, meddle) as address, at(settings, address, key=f"tables{uuid4().hex}"):
        assert str(create_tables()) == "created events, counters"
    assert early == []
