"""How much of each metric is used, read from the counters themselves, and what of it is above a plan's limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billing.domain.bill import Line, overage
from billing.domain.metrics import CALLS, MEASURED, PERIODIC, QUOTA, REPORTED, USED, Metric, key_of, shifted
from billing.domain.subscription import Subscription
from cqrs.domain import Reads

LATE_MONTHS = 3
"""For so many months after its end what a month used may still be corrected."""


@dataclass(frozen=True)
class Usage:
    """Used now, by the counted thing: `projects`, `orders:2026-11`."""

    used: Mapping[str, int]

    def of(self, metric: Metric, month: str) -> int:
        """Of a gauge, or of a month."""
        return self.used.get(key_of(metric, month), 0)


def load(reads: Reads, sub: Subscription | None, _: Mapping[str, Any]) -> Usage:
    """What is used of all that the subscription limits or prices: now, and in the months that may be corrected."""
    if sub is None:
        return Usage({})
    found = {key_of(metric, month): used(reads, metric, month) for metric, month in _wanted(sub)}
    return Usage(found)


def used(reads: Reads, metric: Metric, month: str) -> int:
    """Of a metric in a month; of a gauge now. Strongly consistent; of members it is not known here."""
    tally = reads.counter(QUOTA, key_of(metric, month))
    calls = reads.counter(CALLS, key_of(metric, month)) if metric == Metric.API_CALLS else {}
    return tally.get(USED, 0) + tally.get(REPORTED, 0) + calls.get(USED, 0)


def over(sub: Subscription, usage: Usage, months: Sequence[str]) -> Iterator[tuple[str, Line, int]]:
    """What is above the limits in these months and not billed yet, each with its key and the units now billed."""
    before = dict(sub.billed)
    for month in months:
        for metric in sorted(PERIODIC):
            limit, key = sub.limit(metric), key_of(metric, month)
            if limit.most is None or not limit.unit_price:
                continue
            units = max(usage.of(metric, month) - limit.most, before.get(key, 0))
            if more := units - before.get(key, 0):
                priced = {"units": units, "before": units - more, "unit_price": limit.unit_price}
                priced["tax_percent"] = sub.plan.tax_percent
                yield key, overage(metric, month, **priced), units  # type: ignore[arg-type]


def closed(month: str) -> list[str]:
    """The months before this one that may still be corrected, the oldest first."""
    return [shifted(month, -back) for back in range(LATE_MONTHS, 0, -1)]


def _wanted(sub: Subscription) -> Iterator[tuple[Metric, str]]:
    for metric in Metric:
        if metric in MEASURED:
            continue
        if metric not in PERIODIC:
            yield metric, ""
        elif sub.limit(metric).most is not None:
            yield from ((metric, month) for month in (*closed(sub.months[0]), *sub.months[:2]))
