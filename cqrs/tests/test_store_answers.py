"""Answers that are none, and stores that are not reached: what was done is found out, and nothing happens twice."""

import time

import pytest

from cqrs.deadlines import begin
from cqrs.domain import Busy, StoreAway, Unavailable
from cqrs.dynamodb import requests
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.store import Keep, Receipt, Write
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.proxy import Fate
from cqrs.tests.stand_in import StandIn, error, html, text
from cqrs.tests.toy import LAMP, relabel
from cqrs.writer import Once, Writer

TWISTED = {
    "html 200": html(200, is_done=True),
    "html 202": html(202, is_done=True),
    "html 300": html(300, is_done=True),
    "html 500": html(500, is_done=True),
    "html 502": html(502, is_done=True),
    "html 503": html(503, is_done=True),
    "html 504": html(504, is_done=True),
    "json of somebody else": text(200, b'{"ok": true}', {"Content-Type": "application/json"}, is_done=True),
    "empty": text(200, b"", is_done=True),
    "null": text(200, b"null", is_done=True),
    "a list": text(200, b"[]", is_done=True),
    "half of it": text(200, b'{"Attributes": {"a', is_done=True),
    "cut short": text(200, b"{}", missing=7, is_done=True),
    "garbled": text(200, b"{}", {"x-amz-crc32": "1"}, is_done=True),
    "packed": text(200, b"\x1f\x8b\x08\x00garbage", {"Content-Encoding": "gzip"}, is_done=True),
    "bytes": text(500, b"\xff\xfe\x00", {"Content-Type": "application/octet-stream"}, is_done=True),
    "no code": text(503, b'{"__type": ["x"]}', is_done=True),
    "no object": text(502, b"[1]", is_done=True),
    "internal": error("InternalServerError", status=500, is_done=True),
    "lost": Fate(is_lost=True),
    "late": Fate(late=requests.ANSWER_TIMEOUT + 0.2),
}
"""Answers to what was carried out, and from which nobody can know it."""


@pytest.fixture
def writer(tenant: str, dynamo: DynamoStore) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


@pytest.mark.parametrize("fate", TWISTED.values(), ids=TWISTED.keys())
def test_a_put_that_was_done_and_not_answered_is_a_success(writer: Writer, stand_in: StandIn, fate: Fate) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    stand_in.answer(Fate(), fate)  # the read of the head, then the put
    hall = writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name="Hall"))
    assert (hall.version.version, hall.changed, stand_in.asked) == (2, True, ["Query", "PutItem", "PutItem"])


@pytest.mark.parametrize("fate", TWISTED.values(), ids=TWISTED.keys())
def test_a_transaction_that_was_done_and_not_answered_happened_once(
    writer: Writer, stand_in: StandIn, fate: Fate
) -> None:
    writer.send(LAMP.create(name="Desk"))
    stand_in.answer(*[Fate()] * 2, fate)  # the receipt and the number are read before
    made = writer.send(LAMP.create(name="Hall"), once=Once("k", "d"))
    assert stand_in.asked.count("TransactWriteItems") == 2
    assert (made.version.code, writer.send(LAMP.create(name="Next")).version.code) == ("L-0002", "L-0003")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("fate", [each for name, each in TWISTED.items() if name != "late"], ids=lambda _: "")
def test_a_read_that_is_not_answered_is_away_and_never_empty(writer: Writer, stand_in: StandIn, fate: Fate) -> None:
    writer.send(LAMP.create(name="Desk"))
    stand_in.answer(fate, then=fate)
    for read in (
        lambda: writer.log.get(LAMP, "LAMP#L-0001"),
        lambda: writer.log.receipt("k"),
        lambda: writer.log.history(LAMP, "LAMP#L-0001"),
        lambda: writer.log.store.read_many([("a", 1)]),
    ):
        with pytest.raises(StoreAway):
            read()


def test_an_empty_object_is_no_empty_list(writer: Writer, stand_in: StandIn) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    stand_in.answer(text(200, b"{}"))
    assert writer.log.get(LAMP, made.sk) == made
    assert stand_in.asked == ["Query", "Query"]


def test_a_request_takes_no_longer_than_its_deadline(writer: Writer, stand_in: StandIn) -> None:
    stand_in.answer(then=Fate(late=2.0))
    begun = time.monotonic()
    with begin(0.8), pytest.raises(StoreAway):
        writer.log.get(LAMP, "LAMP#L-0001")
    assert 0.7 < time.monotonic() - begun < 1.3
    with begin(0.0), pytest.raises(Busy):
        writer.log.get(LAMP, "LAMP#L-0001")
    assert len(stand_in.asked) == 1


def test_a_request_without_a_deadline_is_sent_for_as_long_as_a_whole_send_fits(
    writer: Writer, stand_in: StandIn
) -> None:
    stand_in.answer(then=Fate(late=2.0))
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        writer.log.write(_a_put(writer), token="t")
    assert len(stand_in.asked) == 2
    assert time.monotonic() - begun < requests.DECIDE_TIMEOUT


def _a_put(writer: Writer) -> list[Write]:
    return [Keep(Receipt(writer.log.tenant, "k", "d", 200, "id", 1, "c", None))]
