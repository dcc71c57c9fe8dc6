"""Many different numbers as a few bars: equal ranges whose bounds are round. Pure."""

import math
import sys
from collections.abc import Iterator, Mapping

BARS = 10
"""At most, or one more where the first range begins below the least number."""


def ranges(given: Mapping[int | float, int]) -> Iterator[tuple[str, int]]:
    """What each range is called, and how many of the numbers are in it; at least one has to be given."""
    least, most = min(given), max(given)
    width = (most - least) / BARS
    if width < sys.float_info.min:  # too near each other for arithmetic
        yield f"{least:.6g} – {most:.6g}", sum(given.values())
        return
    width = _round_up(width)
    is_whole = width >= 1 and all(each == int(each) for each in given)
    first, last = (math.floor(each / width) for each in (least, most))
    for at in range(first, last + 1):
        low, high = at * width, (at + 1) * width
        yield _called(low, high, is_whole=is_whole), sum(n for v, n in given.items() if math.floor(v / width) == at)


def _called(low: float, high: float, *, is_whole: bool) -> str:
    if is_whole:
        return f"{low:.0f}" if high - low == 1 else f"{low:.0f} – {high - 1:.0f}"
    return f"{low:.6g} – under {high:.6g}"


def _round_up(width: float) -> float:
    """1, 2 or 5 and zeros."""
    tens = 10.0 ** math.floor(math.log10(width))
    return next(step * tens for step in (1, 2, 5, 10) if step * tens >= width)
