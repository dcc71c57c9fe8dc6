"""What is used of each metric, as a bar."""

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from billing import domain
from billing.clerk import real_time
from billing.domain import PERIODIC, Metric
from billing.domain.metrics import month_of
from billing.metering import METER
from billing.usage import told
from cqrs.log import Log

NAMES = {
    Metric.USERS: "Members",
    Metric.API_CALLS: "API calls",
    Metric.STORAGE_GB: "Storage, GB",
    Metric.PROJECTS: "Products for sale",
    Metric.ORDERS: "Orders",
    Metric.SURVEYS: "Surveys",
    Metric.RESPONSES: "Responses",
}
"""What people call them."""


def bars_of(log: Log, sub: domain.Subscription) -> list[dict[str, Any]]:
    """What is used of each metric, as a bar: green, from 80 % on amber, at 100 % red."""
    METER.flush(log.tenant)
    found = told(log, sub, month_of(real_time()), now=real_time())
    return [_bar(Metric(name), each) for name, each in found.items()]


def _bar(metric: Metric, each: dict[str, Any]) -> dict[str, Any]:
    percent, limit = each["percent"], each["limit"]
    kind = "" if percent is None else "bad" if percent >= 100 else "warn" if percent >= 80 else "good"
    of = "· without limit" if limit is None else f"of {limit:,}"
    name, hit = NAMES[metric], parse_datetime(each["limit_hit_at"] or "")
    label = f"{name}: {each['used']:,} {of}"
    return (
        each
        | {"name": name, "kind": kind, "width": min(percent or 0, 100), "told": label, "of": of}
        | {"is_periodic": metric in PERIODIC, "hit_on": hit and timezone.localdate(hit)}
    )
