"""What is metered, and the counters that hold it.

A gauge is how much there is, and never starts again: `projects` are products for sale, `surveys` those that are not
removed. A period counter is how much happened in a month of UTC: it starts again because each month is a thing of its
own, `orders:2026-11`. Members and storage are measured where they are kept, in Postgres.

Another app moves a metric from its own `counts`: `return moved | counted(Metric.ORDERS, 1, at=order.placed_at)`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from cqrs.domain import Counter, Deltas, QuotaExceeded, Refused, Short

UPGRADE_URL = "/billing/change/"
"""Where whoever has used up a quota finds a larger plan."""

USED, REPORTED, LEASED, LIMIT = "used", "reported", "leased", "limit"
"""Numbers of a metric: what the application counted itself, what others reported, what is lent out to processes."""


class Metric(StrEnum):
    USERS = "users"
    API_CALLS = "api_calls"
    STORAGE_GB = "storage_gb"
    PROJECTS = "projects"
    ORDERS = "orders"
    SURVEYS = "surveys"
    RESPONSES = "responses"


MEASURED = frozenset({Metric.USERS, Metric.STORAGE_GB})
"""Those that no counter holds: what there is of them is looked at."""

PERIODIC = frozenset({Metric.API_CALLS, Metric.ORDERS, Metric.RESPONSES})
"""Those counted by month; the others are gauges."""


def quota_exceeded(shorts: Sequence[Short]) -> Refused:
    """The refusal of whatever would go above a limit."""
    short = shorts[0]
    metric, _, month = short.count.key.partition(":")
    return exceeded(Metric(metric), used=short.there, limit=short.bound, month=month)


def exceeded(metric: Metric, *, used: int, limit: int, month: str = "") -> QuotaExceeded:
    """It names what was used up, and when that starts again; `month` is empty for a gauge."""
    resets_at = f"{month_after(month):%Y-%m-%dT%H:%M:%SZ}" if month else None
    return QuotaExceeded(metric=metric, used=used, limit=limit, resets_at=resets_at, upgrade_url=UPGRADE_URL)


QUOTA = Counter("QUOTA", limits={USED: LIMIT}, refusal=quota_exceeded)
"""Every metric but two: members are in Postgres, API calls below."""

CALLS = Counter("CALLS", limits={LEASED: LIMIT}, refusal=quota_exceeded)
"""API calls, which no command makes: `leased` is lent out to processes in blocks, `used` what they have told back."""


def counted(metric: Metric, delta: int, *, at: datetime | None = None) -> Deltas:
    """What another app's `counts` adds to its own: so many more, or less, of a metric; `at` is when, for one that is
    counted by month."""
    return {QUOTA.at(key_of(metric, month_of(at) if at else ""), USED): delta}


def key_of(metric: Metric, month: str = "") -> str:
    """The counted thing: `projects`, `orders:2026-11`."""
    return f"{metric}:{month}" if metric in PERIODIC else str(metric)


def month_of(at: datetime) -> str:
    """`2026-11`, of UTC."""
    return f"{at.astimezone(UTC):%Y-%m}"


def month_start(month: str) -> datetime:
    """Its first moment."""
    year, number = month.split("-")
    return datetime(int(year), int(number), 1, tzinfo=UTC)


def month_after(month: str) -> datetime:
    """The first moment of the next one, when what is counted by month starts again."""
    return month_start(shifted(month, 1))


def shifted(month: str, by: int) -> str:
    """So many months later, or earlier."""
    start = month_start(month)
    years, number = divmod(start.year * 12 + start.month - 1 + by, 12)
    return f"{years:04}-{number + 1:02}"
