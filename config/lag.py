"""How far the read models are behind the log."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from cqrs.deadlines import begin
from cqrs.stream.models import Breaker, Parked, Shard
from cqrs.stream.slices import follow

PROBE_TIMEOUT = 2.0
"""Seconds in which Postgres answers a probe, or is taken to be away."""


def lag_seconds() -> float:
    """Age of the oldest moment up to which all rows are known to be complete; infinite before the stream is known."""
    return _age(Shard.objects.filter(is_closed=False).aggregate(at=Min("caught_up_at"))["at"])


def catch_up() -> int:
    """Follow the stream here until everything written before now is shown. Returns the journal lines written here."""
    since, lines = database_now(), follow()
    while is_behind(since):
        lines += follow(looks=2)
    return lines


def shard_lags() -> Mapping[str, float]:
    """Seconds since each open shard of the stream was last read to its end."""
    shards = Shard.objects.filter(is_closed=False, segment="").order_by("id").values_list("id", "caught_up_at")
    return {id: _age(at) for id, at in shards}


def segments_open() -> int:
    """Segments of the table itself that are still to be read, where the stream had forgotten."""
    return Shard.objects.filter(is_closed=False).exclude(segment="").count()


def not_shown() -> Mapping[str, int]:
    """How many entities wait, by why: `held`, `parked`, `discarded`."""
    counts = Parked.objects.order_by().values_list("state").annotate(count=Count("entity_id"))
    return {str(state): 0 for state in Parked.State.values} | dict(counts)


def breaker_tripped() -> bool:
    """Whether nothing is parked any more because too much was at once, and projecting may stand still."""
    return Breaker.objects.exists()


def reactions_behind() -> Mapping[str, tuple[int, int]]:
    """By handler: journal lines still before it, over all tenants, and tenants where it fails at the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT handler, sum(greatest(head.position - own.position, 0)), count(*) FILTER (WHERE attempts > 0)"
            " FROM public.reaction_cursor own JOIN public.journal_head head USING (tenant_code) GROUP BY handler"
        )
        return {handler: (int(lines), failing) for handler, lines, failing in cursor.fetchall()}


def worker_seen_seconds() -> float:
    """Seconds since a worker last held a shard; below 0 while one does."""
    return _age(Shard.objects.filter(is_closed=False, epoch__gt=0).aggregate(at=Max("leased_until"))["at"])


def is_behind(since: datetime) -> bool:
    """Whether a shard has not been read to its end since then. One that was only just noted says that it is complete
    up to its noting, and is not: nobody has read it yet; nor is a segment before its end."""
    following = Shard.objects.filter(is_closed=False)
    unread = Q(caught_up_at__lt=since) | Q(epoch=0) | ~Q(segment="")
    return not following.exists() or following.filter(unread).exists()


def database_now() -> datetime:
    """Postgres' clock, by which the leases run."""
    now = Shard.objects.annotate(now=Now()).values_list("now", flat=True).first()
    return now or timezone.now()


@contextmanager
def briefly() -> Iterator[None]:
    """A transaction on this thread's connection, which is then given back to the pool: what probes ask, they ask within
    it. A statement takes a second at most, and the whole PROBE_TIMEOUT, also where Postgres is frozen."""
    try:
        with begin(PROBE_TIMEOUT), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '1s'")
            yield
    finally:
        connection.close()


def _age(at: datetime | None) -> float:
    return (timezone.now() - at).total_seconds() if at else float("inf")
