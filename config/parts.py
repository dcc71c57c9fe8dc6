"""The parts that Tenfold stands on and is made of, and what is found of each: well, or not and why, and its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from django.conf import settings

from config.models import ProcessSeen
from config.process_figures import Figures
from cqrs import clocks

MAX_LAG = 10.0
"""Seconds that rows may be behind the log."""

MAX_SILENCE = 60.0
"""Seconds, or six times as long as it is silent anyway, that nothing need be heard of the canary."""

type PartFigures = Mapping[str, float | None]
"""What a part tells of itself; None is not known."""


@dataclass(frozen=True, slots=True)
class Part:
    """`reason` says why it is not well, and is empty where it is."""

    reason: str = ""
    figures: PartFigures = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return not self.reason

    def as_json(self) -> dict[str, object]:
        """`{"ok", "reason", …its figures}`."""
        return {"ok": self.is_well, "reason": self.reason, **self.figures}


def judge(figures: Figures) -> Mapping[str, Part]:
    """The parts that Postgres knows of."""
    return {
        "workers": _processes(figures, ProcessSeen.Kind.WORKER),
        "beat": _processes(figures, ProcessSeen.Kind.BEAT),
        "lag": _lag(figures),
        "parked": _parked(figures),
        "breaker": _breaker(figures),
        "canary": _canary(figures),
        "clocks": _clocks(figures),
    }


def own_clock() -> Part:
    """This process's clock, by what was measured last."""
    measured = clocks.offsets().items()
    return Part(clocks.skew(), {f"{store}_offset_seconds": round(offset.seconds, 3) for store, offset in measured})


def _clocks(figures: Figures) -> Part:
    """The clocks of all processes. This one's own decides whether it gets traffic; others' do not."""
    wrong = sorted({trouble for each in figures.processes.values() for trouble in each.troubles})
    return Part(f"a process writes nothing, its clock is {', '.join(wrong)}" if wrong else "")


def _processes(figures: Figures, kind: ProcessSeen.Kind) -> Part:
    found = figures.processes[kind]
    told = {"count": found.count, "seen_seconds": _rounded(found.seen_seconds)}
    if found.count:
        return Part(figures=told)
    ago = "in the last hour" if found.seen_seconds is None else f"for {found.seen_seconds:.0f} s"
    return Part(f"no {kind} seen {ago}", told)


def _lag(figures: Figures) -> Part:
    seconds = figures.lag_seconds
    told = {"lag_seconds": round(seconds, 3) if isfinite(seconds) else None}
    if not isfinite(seconds):
        return Part("nobody has followed the log yet", told)
    return Part(f"rows are {seconds:.0f} s behind the log" if seconds > MAX_LAG else "", told)


def _parked(figures: Figures) -> Part:
    parked = figures.not_shown["parked"]
    return Part(f"{parked} entities cannot be shown" if parked else "", figures.not_shown)


def _breaker(figures: Figures) -> Part:
    is_open = figures.is_breaker_open
    told = {"open": int(is_open)}
    return Part("it is open: this release cannot show too many entities at once" if is_open else "", told)


def _canary(figures: Figures) -> Part:
    """A command that beat has a worker send. Where none comes, though beat runs, messages of beat do not arrive or
    are not worked at; where beat does not run, that is told instead."""
    song, beat = figures.song, figures.processes[ProcessSeen.Kind.BEAT]
    told = {
        "age_seconds": round(song.age_seconds, 1) if song else None,
        "lag_seconds": song.lag_seconds if song else None,
    }
    most = max(MAX_SILENCE, 6 * settings.CANARY_SECONDS)
    is_silent = song is None or song.age_seconds > most
    if settings.CANARY_SECONDS and is_silent and (beat.running_seconds or 0) > most:
        return Part("beat runs, and none of its messages was worked at: broker or workers", told)
    return Part(figures=told)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
