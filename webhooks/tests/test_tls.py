"""By https a webhook goes to who can prove the name, at the address that was checked."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from webhooks import post as posting
from webhooks.post import post

NAME = "hook.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of the name with its key, signed by itself."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(encoding)
    )
    return file


@pytest.fixture
def port(certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """An endpoint with that certificate, which every name of these tests leads to."""
    settings.WEBHOOKS_LOCAL = True
    monkeypatch.setattr("webhooks.targets.resolve", lambda host, *, timeout: ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, context), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(line, server_side=True) as safe:
                request = b""
                while not request.endswith(b"\r\n\r\n{}") and (piece := safe.recv(65536)):
                    request += piece  # all of it: what is left unread would reset the answer
                safe.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        except OSError:
            line.close()


def test_the_certificate_is_of_the_name_and_of_somebody_known(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = post(f"https://{NAME}:{port}/", b"{}", {})
    assert (unknown.status, "CERTIFICATE_VERIFY_FAILED" in unknown.error) == (None, True)
    known = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(posting, "_tls", lambda: known)
    assert post(f"https://{NAME}:{port}/", b"{}", {}).status == 200
    other = post(f"https://other.example:{port}/", b"{}", {})
    assert (other.status, "Hostname mismatch" in other.error) == (None, True)
