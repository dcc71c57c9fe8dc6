"""What Postgres knows of the processes and of the read side, asked all at once: a probe takes one connection for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from config.lag import breaker_tripped, briefly, lag_seconds, not_shown
from config.models import ProcessSeen
from config.songs import Song, last_song

MAX_SIGN_AGE = 15.0
"""Seconds after its last sign for which a process counts as running."""


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """The processes of a kind: how many run, how long ago one was last seen and how long the oldest has run, in seconds
    (None: none was seen in the last hour), and what troubles them."""

    count: int = 0
    seen_seconds: float | None = None
    running_seconds: float | None = None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """`lag_seconds` as in `config.lag`; `not_shown` counts entities by why; `song` is the canary's last."""

    processes: Mapping[str, ProcessFigures]
    lag_seconds: float
    not_shown: Mapping[str, int]
    is_breaker_open: bool
    song: Song | None


def read_figures() -> Figures:
    """As Postgres has it now. DatabaseError."""
    with briefly():
        return Figures(_processes(), lag_seconds(), not_shown(), breaker_tripped(), last_song())


def _processes() -> Mapping[str, ProcessFigures]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FILTER (WHERE age <= %s), min(age), max(running) FILTER (WHERE age <= %s),"
            " array_agg(DISTINCT trouble) FILTER (WHERE age <= %s AND trouble <> '')"
            " FROM (SELECT kind, trouble, extract(epoch FROM now() - seen_at)::float8 AS age,"
            "       extract(epoch FROM now() - started_at)::float8 AS running FROM public.process_seen) AS seen"
            " GROUP BY kind",
            [MAX_SIGN_AGE] * 3,
        )
        found = {
            kind: ProcessFigures(count, age, running, tuple(told or ())) for kind, count, age, running, told in cursor
        }
    return {kind: found.get(kind, ProcessFigures()) for kind in ProcessSeen.Kind.values}
