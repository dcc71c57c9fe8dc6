"""Stores that are not reached, or not spoken to: nothing was done, and what is wrong is named."""

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
from pytest_django import Settings

from cqrs.domain import StoreAway
from cqrs.dynamodb import client as clients
from cqrs.dynamodb import requests
from cqrs.dynamodb.errors import CERTIFICATE, CREDENTIALS, NOBODY
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.store import Keep, Receipt, Write
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.stand_in import reached_at
from cqrs.tests.toy import LAMP
from cqrs.writer import Writer


@pytest.fixture
def writer(tenant: str, dynamo: DynamoStore) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


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


def test_new_credentials_are_found_without_a_start_anew(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(clients, "RENEW_INTERVAL", 0.0)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", str(settings.DYNAMODB["endpoint"]))
    with reached_at(None):
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(StoreAway):
            writer.log.receipt("k")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", settings.DYNAMODB["access_key"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        assert writer.log.receipt("k") is None


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
