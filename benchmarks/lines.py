"""One line of the table: what was measured, and whether it is within its bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

type Seconds = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Texts, as they stand in the table. `verdict` says how a bar was met, or missed; empty where there is none."""

    what: str
    p50: str = ""
    p99: str = ""
    rate: str = ""
    bar: str = ""
    verdict: str = ""


def timed(what: str, taken: Seconds, *, bar: str = "", verdict: str = "") -> Line:
    """The line of commands sent one after the other, each of which took so long."""
    rate = f"{len(taken) / sum(taken):.0f} commands/s"
    return Line(what=what, p50=_ms(p50(taken)), p99=_ms(p99(taken)), rate=rate, bar=bar, verdict=verdict)


def spread(what: str, taken: Seconds, *, bar: str = "", verdict: str = "") -> Line:
    """The line of durations that have no rate."""
    return Line(what=what, p50=_ms(p50(taken)), p99=_ms(p99(taken)), bar=bar, verdict=verdict)


def judged(found: str, *, is_met: bool) -> str:
    """A verdict: the figure, and whether it is within its bar."""
    return f"{found}, {'met' if is_met else 'MISSED'}"


def p50(taken: Seconds) -> float:
    """The median, in seconds."""
    return median(taken)


def p99(taken: Seconds) -> float:
    """What 99 of 100 stay below, in seconds."""
    return quantiles(taken, n=100, method="inclusive")[98]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
