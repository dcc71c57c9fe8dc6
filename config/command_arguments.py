"""What the commands' arguments are read with: each says in a line what is wrong, and the command exits with 2."""

from argparse import ArgumentTypeError
from datetime import datetime

from cqrs.domain import InstantOutOfRange, to_utc

MAX_SECONDS = 86_400.0
MAX_DIGITS = 9


def parse_instant(text: str) -> datetime:
    """A time in UTC, also where it names no zone. ArgumentTypeError."""
    try:
        return to_utc(datetime.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time; one is 2026-11-01T00:00:00Z") from None
    except InstantOutOfRange as refused:
        raise ArgumentTypeError(refused.detail) from None


def parse_seconds(text: str) -> float:
    """Seconds, from 0 to a day. ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= MAX_SECONDS:  # nor is NaN, which compares false
        raise ArgumentTypeError(f"{text!r} is no number of seconds from 0 to {MAX_SECONDS:.0f}")
    return found


def parse_count(text: str) -> int:
    """A number from 1 to a billion. ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text)):
        raise ArgumentTypeError(f"{text!r} is no number of things, at least 1")
    return int(text)
