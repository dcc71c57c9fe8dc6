"""What was found of one claim, and the table of a whole run."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report import even

HEAD = ("fault", "size", "what held", "figures", "verdict")
DIFFERENCES_MOST = 10
"""Differences that are printed of a claim that did not hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim, what was measured of it (a text, empty where nothing is), and what contradicts it. `is_timed`: it says
    how long something takes."""

    claim: str
    figure: str = ""
    against: Sequence[str] = ()
    is_timed: bool = False

    @property
    def is_held(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True)
class Played:
    """One fault that was played."""

    fault: str
    size: str
    findings: Sequence[Finding]

    @property
    def broken(self) -> Sequence[Finding]:
        return [each for each in self.findings if not each.is_held]

    def failed(self, *, untimed: bool) -> bool:
        """Whether anything did not hold; `untimed`, anything that is not a matter of time."""
        return any(not (untimed and each.is_timed) for each in self.broken)

    @property
    def verdict(self) -> str:
        return "MISSED" if self.broken else "met"


def within(what: str, seconds: float, most: float) -> Finding:
    """The claim that something takes at most so many seconds."""
    figure = f"{what} {_told(seconds)}"
    return Finding(f"{what} ≤ {_told(most)}", figure, [] if seconds <= most else [figure], is_timed=True)


def table(played: Sequence[Played]) -> str:
    """The run as a Markdown table."""
    return even([HEAD, *(_row(each) for each in played)])


def contradictions(played: Played) -> list[str]:
    """What contradicts the claims that did not hold, in lines."""
    lines = []
    for each in played.broken:
        more = len(each.against) - DIFFERENCES_MOST
        lines += [f"  MISSED {each.claim}", *(f"    {text}" for text in each.against[:DIFFERENCES_MOST])]
        lines += [f"    and {more} more"] if more > 0 else []
    return lines


def _told(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _row(played: Played) -> Sequence[str]:
    held = ", ".join(dict.fromkeys(each.claim for each in played.findings if each.is_held and each.claim))
    figures = ", ".join(each.figure for each in played.findings if each.figure)
    return (played.fault, played.size, held, figures, played.verdict)
