"""Answers that are none, and stores that are not reached: what was done is found out, and nothing happens twice."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from cqrs.deadlines import begin
from cqrs.domain import Busy, StoreAway, Unavailable
from cqrs.dynamodb import requests
from cqrs.dynamodb.errors import CERTIFICATE, CREDENTIALS, NOBODY
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.store import Keep, Receipt, Write
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.proxy import Fate
from cqrs.tests.stand_in import StandIn, error, html, reached_at, text
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


def test_who_is_not_there_has_done_nothing(writer: Writer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    begun = time.monotonic()
    with reached_at(f"http://127.0.0.1:{port}"), pytest.raises(StoreAway) as refused:
        writer.log.get(LAMP, "LAMP#L-0001")
    assert refused.value.cure == NOBODY
    assert 1.0 < time.monotonic() - begun < requests.DECIDE_TIMEOUT


@pytest.mark.usefixtures("soon")
def test_who_does_not_take_the_connection_has_done_nothing(writer: Writer) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(3):  # nobody accepts them, and there is no room for more
            other = waiting.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        with reached_at(f"http://127.0.0.1:{full.getsockname()[1]}"), pytest.raises(StoreAway) as refused:
            writer.log.write(_a_put(writer), token="t")
    assert refused.value.cure == NOBODY


def test_credentials_that_are_not_there_are_named(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with reached_at(None), pytest.raises(StoreAway) as refused:
        writer.log.get(LAMP, "LAMP#L-0001")
    assert refused.value.cure == CREDENTIALS
    assert "NoCredentialsError" in repr(refused.value.__cause__)


def test_credentials_that_are_not_whole_are_named(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "half")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with reached_at(None), pytest.raises(StoreAway) as refused:
        writer.log.get(LAMP, "LAMP#L-0001")
    assert refused.value.cure == CREDENTIALS


def test_a_certificate_that_nobody_trusts_is_named(writer: Writer, https: str) -> None:
    with reached_at(https), pytest.raises(StoreAway) as refused:
        writer.log.write(_a_put(writer), token="t")
    assert refused.value.cure == CERTIFICATE


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


@pytest.fixture
def https(tmp_path: Path) -> Iterator[str]:
    """The address of a server whose certificate nobody has signed but itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path / "own.pem"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_shake_hands, args=(server, context), daemon=True).start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"


def _shake_hands(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            taken, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(taken, server_side=True):
                pass
        except OSError:
            taken.close()  # it was not trusted: what the test is about


def _certificate(file: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + made.sign(key, SHA256()).public_bytes(pem))
    return file
