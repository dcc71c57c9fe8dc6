"""`/metrics`, as Prometheus reads it: what the processes of this machine count, and what Postgres says at the moment.

Where PROMETHEUS_MULTIPROC_DIR names a folder, all processes add up there, and any of them answers for all; else a
process answers for itself.
"""

import os
from collections.abc import Iterable, Iterator
from math import inf

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.health import condition
from config.lag import (
    PROBE_TIMEOUT,
    breaker_tripped,
    briefly,
    lag_seconds,
    not_shown,
    reactions_behind,
    segments_open,
    shard_lags,
    worker_seen_seconds,
)
from config.probe_question import ProbeQuestion
from config.songs import last_song
from cqrs import clocks
from cqrs.stream.models import HeldTenant, JournalHead

MAX_TENANTS = 500
"""Tenants whose journals are told of by name, the longest: each is a series of its own."""

_log = structlog.get_logger(__name__)


def exposition() -> bytes:
    """Everything, as Prometheus' text. Never raises, nor takes much longer than PROBE_TIMEOUT."""
    now = CollectorRegistry()
    now.register(Now())
    return generate_latest(now) + generate_latest(counted())


def counted() -> CollectorRegistry:
    """What is counted as things happen: by all processes that share this one's folder, or by this one."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return registry


class Now(Collector):
    """What Postgres says, asked at each scrape; `tenfold_scrape_ok` says whether it answered."""

    def collect(self) -> Iterable[Metric]:
        """The families; those of Postgres are missing where it does not answer in time."""
        asked, families = STORED.start(), list[Metric]()
        parts = condition().parts.items()
        try:
            families = asked.result(timeout=PROBE_TIMEOUT)
        except Exception as error:  # whatever it is, the counters are still told
            _log.warning("scrape without Postgres", error=repr(error))
        yield by("part", "tenfold_part_up", "Whether a part is well.", [(name, part.is_well) for name, part in parts])
        measured = [(store, offset.seconds) for store, offset in clocks.offsets().items()]
        yield by("store", "tenfold_clock_offset_seconds", "How far our clock is ahead of a store's.", measured)
        yield gauge("tenfold_scrape_ok", "Whether Postgres answered in time.", int(bool(families)))
        yield from families


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    """One number."""
    return GaugeMetricFamily(name, text, value)


def by(label: str, name: str, text: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    """One number for each value of a label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family


def _read_stored() -> list[Metric]:
    with briefly():
        return list(_families())


STORED = ProbeQuestion("metrics", _read_stored)


def _families() -> Iterator[Metric]:
    lags = shard_lags()
    yield gauge("tenfold_lag_seconds", "How far rows may be behind the log.", lag_seconds())
    yield by("shard", "tenfold_shard_lag_seconds", "Since the shard was last read to its end.", lags.items())
    yield gauge("tenfold_shards_open", "Shards of the stream not read to their end.", len(lags))
    yield gauge("tenfold_scan_segments_open", "Segments of the table itself still to be read.", segments_open())
    yield by("state", "tenfold_entities_not_shown", "Entities parked, held or discarded.", not_shown().items())
    yield gauge("tenfold_tenants_held", "Tenants whose schema is locked or not ready.", HeldTenant.objects.count())
    yield gauge("tenfold_breaker_open", "Whether projecting waits for a better release.", breaker_tripped())
    yield by("tenant", "tenfold_journal_position", "How far a tenant's journal goes.", _positions())
    reactions = reactions_behind().items()
    behind, failing = ([(handler, counts[which]) for handler, counts in reactions] for which in (0, 1))
    yield by("handler", "tenfold_reaction_lines_behind", "Journal lines before a handler, over all tenants.", behind)
    yield by(
        "handler", "tenfold_reaction_tenants_failing", "Tenants in which a handler fails and tries again.", failing
    )
    song = last_song()
    yield gauge(
        "tenfold_canary_age_seconds", "Since the last song that can be read.", song.age_seconds if song else inf
    )
    yield gauge("tenfold_worker_seen_seconds", "Since a worker last held a shard.", worker_seen_seconds())


def _positions() -> Iterable[tuple[str, float]]:
    longest = JournalHead.objects.order_by("-position").values_list("tenant_code", "position")
    return longest[:MAX_TENANTS]
