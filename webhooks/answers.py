"""What an endpoint answered: its status line is the delivery, whatever becomes of the rest."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from http.client import HTTPException, parse_headers
from io import BufferedIOBase
from typing import cast

from django.utils.http import parse_http_date

MAX_INTERIM = 20
"""Interim answers (1xx) that are read over before the answer itself."""

MAX_STATUS_LINE = 4096
"""Bytes of a status line."""

MAX_RETRY_AFTER = 24 * 3600
"""Seconds beyond which no Retry-After puts off the next try."""

SWITCHING = 101
"""Not interim to us: we asked for no other protocol, and what follows is none of HTTP."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: ([^\r\n]*))?\r?\n")


class NoAnswer(HTTPException):
    """The endpoint said something that is no answer of HTTP/1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and its words; `headers` as far as they came."""

    status: int
    reason: str
    headers: Mapping[str, str]


def read_answer(stream: BufferedIOBase) -> Answer:
    """The first answer that is not interim. NoAnswer; OSError where the connection ends before there is one."""
    for _ in range(MAX_INTERIM + 1):
        status, reason = _read_status(stream)
        headers = _read_headers(stream)
        if status >= 200 or status == SWITCHING:
            return Answer(status, reason, cast(Mapping[str, str], headers))
    raise NoAnswer(f"more than {MAX_INTERIM} interim answers")


def parse_retry_after(text: str, *, now: datetime) -> int:
    """Seconds to wait, as a number or until a date (RFC 9110, 10.2.3), at most a day; 0 for what is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), MAX_RETRY_AFTER)
    with suppress(ValueError):
        return max(0, min(int(parse_http_date(text) - now.timestamp()), MAX_RETRY_AFTER))
    return 0


def printable(text: str) -> str:
    """A text of a stranger's without what cannot be kept or shown."""
    return "".join(each if each.isprintable() else "�" for each in text)


def _read_status(stream: BufferedIOBase) -> tuple[int, str]:
    line = stream.readline(MAX_STATUS_LINE)
    if not line:
        raise ConnectionResetError("closed without an answer")
    if not (found := _STATUS.fullmatch(line)):
        raise NoAnswer(printable(line[:80].decode("latin-1")))
    return int(found[1]), printable((found[2] or b"").decode("latin-1"))


def _read_headers(stream: BufferedIOBase) -> Message:
    """As far as they come: a connection that ends among them changes nothing of the status."""
    with suppress(OSError, HTTPException, ValueError):
        return parse_headers(stream)
    return Message()
