"""Mail servers that are silent, or say a byte now and then: a mail takes its time limit, and no longer."""

import smtplib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings

from config.mail import mailer
from config.smtp import _Limited
from config.stack.ports import LOOPBACK


@pytest.fixture
def trickle() -> Iterator[int]:
    """The port of a server whose greeting never ends."""
    over = threading.Event()
    with socket.create_server((LOOPBACK, 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join(5)


def test_a_trickle_does_not_hold_a_worker(
    trickle: int, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(_Limited, "deadline", 0.5)
    mailers = {"default": mailer(f"smtp+plain://{LOOPBACK}:{trickle}", folder=tmp_path_factory.mktemp("mail"))}
    begun = time.monotonic()
    with override_settings(MAILERS=mailers), pytest.raises((OSError, smtplib.SMTPException)):
        EmailMessage("a", "b", to=["a@x.example"]).send()
    assert time.monotonic() - begun < 5
