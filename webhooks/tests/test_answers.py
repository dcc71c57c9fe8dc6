"""What an endpoint may answer, byte by byte over a real connection: a status line is a delivery."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.http import http_date

from webhooks import post as posting
from webhooks.answers import MAX_INTERIM, MAX_RETRY_AFTER, parse_retry_after
from webhooks.post import Outcome, post

OK = b"HTTP/1.1 200 OK\r\n"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.WEBHOOKS_LOCAL = True


@contextmanager
def answering(*pieces: bytes, is_kept: bool = False, reads: int = 0) -> Iterator[str]:
    """An endpoint that says these pieces once it has read the request, or `reads` bytes of it, so that the rest resets
    the connection; `is_kept`: and then holds the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):  # who has its answer may not read to the end
                if reads:
                    line.recv(reads)
                else:
                    _read_request(line)
                for piece in pieces:
                    line.sendall(piece)
                if is_kept:
                    over.wait(30)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        finally:
            over.set()
            thread.join(5)


def _read_request(line: socket.socket) -> None:
    """All of it: bytes that are left unread would reset the answer on its way."""
    head = b""
    while b"\r\n\r\n" not in head and (piece := line.recv(65536)):
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (piece := line.recv(65536)):
        missing -= len(piece)


def posted(*pieces: bytes, **options: Any) -> Outcome:
    with answering(*pieces, **options) as url:
        return post(url, b"{}", {})


@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_interim_answers_are_read_over(status: int) -> None:
    interim = b"HTTP/1.1 %d Wait\r\nLink: </a>; rel=preload\r\nRetry-After: 9\r\n\r\n" % status
    found = posted(interim, interim, b"HTTP/1.1 204 No Content\r\n\r\n")
    assert found == Outcome(204)
    assert posted(interim * MAX_INTERIM + OK + b"\r\n").is_good
    endless = posted(interim * (MAX_INTERIM + 1) + OK + b"\r\n")
    assert (endless.status, endless.error) == (None, f"NoAnswer: more than {MAX_INTERIM} interim answers")


def test_another_protocol_is_no_success() -> None:
    assert posted(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").status == 101


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        b"Content-Length: 100\r\n\r\nhalf",
        b"Content-Length: nonsense\r\nContent-Length: -1\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Content-Encoding: gzip\r\n\r\nnone",
        b"no header at all\r\n\r\n",
        b"X: " + b"x" * 100_000 + b"\r\n\r\n",
        b"".join(b"X-%d: x\r\n" % number for number in range(200)) + b"\r\n",
        b"\xff\xfe: \x00\r\n\r\n",
    ],
)
def test_a_status_line_is_a_delivery_whatever_follows(rest: bytes) -> None:
    assert posted(OK + rest) == Outcome(200)


def test_a_body_without_an_end_holds_nobody() -> None:
    begun = time.monotonic()
    assert posted(OK, b"\r\n", b"x" * 1_000_000, is_kept=True).is_good
    assert posted(OK + b"Content-Length: 10\r\n\r\n", is_kept=True).is_good
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n\r\n",
        b"hello\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\n\r\n",
        b"HTTP/1.1 099 No\r\n\r\n",
        b"HTTP/1.1 0200 OK\r\n\r\n",
        b"HTTP/1.1 200",
        b"x" * 10_000,
        b"SSH-2.0-x\r\n",
        b"\x15\x03\x01",
    ],
)
def test_without_a_status_line_there_is_none(said: bytes) -> None:
    found = posted(said)
    assert (found.status, found.is_good, bool(found.error), found.error.isprintable()) == (None, False, True, True)


def test_no_answer_in_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "DEADLINE", 0.5)
    assert posted(is_kept=True).status is None
    with answering(*[b"H"] * 3, is_kept=True) as url:
        assert post(url, b"{}", {}).status is None


def test_headers_that_trickle_do_not_undo_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "DEADLINE", 0.5)
    assert posted(OK, b"X: ", is_kept=True) == Outcome(200)


def test_an_answer_that_comes_before_all_was_sent_is_heard() -> None:
    with answering(b"HTTP/1.1 413 Too Large\r\n\r\n", reads=1) as url:
        assert post(url, b"x" * 300_000, {}).status in (413, None)
    with answering(b"HTTP/1.1 413 Too Large\r\n\r\n", is_kept=True) as url:
        assert post(url, b"x" * 100, {}).status == 413


def test_what_a_stranger_says_can_be_kept() -> None:
    found = posted(b"HTTP/1.1 500 a\0b\x1b[31m\xff\r\n\r\n")
    assert (found.status, found.error) == (500, "a�b�[31mÿ")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("86401", MAX_RETRY_AFTER),
        ("9" * 400, MAX_RETRY_AFTER),
        ("-5", 0),
        ("1.5", 0),
        ("1e3", 0),
        ("+5", 0),
        ("٣", 0),
        ("soon", 0),
        (http_date((NOW + timedelta(seconds=90)).timestamp()), 90),
        ("Sunday, 29-Nov-26 12:01:00 GMT", 60),
        ("Sun Nov 29 12:02:00 2026", 120),
        ("Sun, 29 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_RETRY_AFTER),
        ("Sun, 99 Nov 2026 99:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(text: str, seconds: int) -> None:
    assert parse_retry_after(text, now=NOW) == seconds


def test_retry_after_is_heard_from_a_real_answer() -> None:
    assert posted(b"HTTP/1.1 503 Busy\r\nretry-after: 77\r\n\r\n") == Outcome(503, "Busy", 77)


def test_the_next_address_is_tried_where_one_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhooks.targets.resolve", lambda host, *, timeout: ["127.0.0.9", "127.0.0.1"])
    with answering(OK, b"\r\n") as url:
        assert post(url.replace("127.0.0.1", "two.example"), b"{}", {}).is_good
