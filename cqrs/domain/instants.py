"""Instants from outside, within the range that arithmetic and any time zone can bear.

Python's calendar ends with the years 1 and 9999: nearer to either than a time zone is wide, an instant has no local
time, and Postgres keeps some that Python then cannot read.
"""

from datetime import UTC, datetime

from cqrs.domain.refusals import Refused

MIN_INSTANT, MAX_INSTANT = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class InstantOutOfRange(Refused):
    """A time is from the 3rd of January of the year 1 to the 30th of December 9999."""


def to_utc(at: datetime, *, pointer: str = "") -> datetime:
    """The same instant in UTC, of which one without a zone is. InstantOutOfRange."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not MIN_INSTANT <= aware <= MAX_INSTANT:
        raise InstantOutOfRange(pointer=pointer)
    return aware.astimezone(UTC)


def clamp_to_utc(at: datetime) -> datetime:
    """The same instant in UTC, or the end of the range that is nearer. For what is only compared."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(MIN_INSTANT, min(MAX_INSTANT, aware)).astimezone(UTC)
