"""Charts that the server draws: values by equal spans, as steps or bars, each with a table that says the same.

    chart("Stock", ["1 Nov", "2 Nov"], {"On hand": [10, 8]}, kind="steps", level=("Low", 3))

`partials/chart.html` shows one. The picture is 100 by 100 and stretched to its place; its words are text beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

PARTS = 4
"""Into how many parts the lines behind a picture divide it."""


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that is measured: its path, and as what it is told apart."""

    name: str
    path: str
    area: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One span, where it is in the picture, and what its values are in words."""

    label: str
    x: float
    width: float
    values: tuple[str, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. `scale` goes from the top down, `ends` from left to right; `level` is a height."""

    title: str
    series: tuple[Series, ...]
    slots: tuple[Slot, ...]
    scale: tuple[str, ...]
    ends: tuple[str, ...]
    level: float | None
    level_name: str


def chart(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    *,
    kind: Literal["steps", "bars"] = "steps",
    level: tuple[str, int] | None = None,
    shown: Callable[[int], str] = "{:,}".format,
) -> Chart:
    """A chart of values of 0 and more, as many in each series as there are labels; `shown` says a value in words."""
    highest = max([0, *(value for values in series.values() for value in values), level[1] if level else 0])
    top = _top(highest)
    draw = _steps if kind == "steps" else _bars
    paths = [draw([_y(value, top) for value in values]) for values in series.values()]
    return Chart(
        title=title,
        series=tuple(Series(name, *path) for name, path in zip(series, paths, strict=True)),
        slots=tuple(_slots(labels, series, shown)),
        scale=tuple(shown(top * part // PARTS) for part in range(PARTS, -1, -1)),
        ends=tuple(dict.fromkeys((labels[0], labels[len(labels) // 2], labels[-1]))) if labels else (),
        level=_y(level[1], top) if level else None,
        level_name=level[0] if level else "",
    )


def _top(highest: int) -> int:
    """The least round number that is no less, and that the lines divide into whole numbers."""
    power = 1
    while True:
        for first in (1, 2, 5):
            if first * power * PARTS >= highest:
                return first * power * PARTS
        power *= 10


def _y(value: int, top: int) -> float:
    return round(100 - 100 * value / top, 2)


def _steps(heights: Sequence[float]) -> tuple[str, str]:
    width = 100 / max(1, len(heights))
    path = " ".join(f"V{y} H{round(number * width, 2)}" for number, y in enumerate(heights, 1))
    line = f"M0 {heights[0] if heights else 100} {path}"
    return line, f"{line} V100 H0 Z"


def _bars(heights: Sequence[float]) -> tuple[str, str]:
    width = 100 / max(1, len(heights))
    gap = width / 6
    bars = [
        f"M{round(number * width + gap, 2)} 100 V{y} h{round(width - 2 * gap, 2)} V100 Z"
        for number, y in enumerate(heights)
    ]
    return "", " ".join(bars)


def _slots(labels: Sequence[str], series: Mapping[str, Sequence[int]], shown: Callable[[int], str]) -> Iterator[Slot]:
    width = 100 / max(1, len(labels))
    for number, label in enumerate(labels):
        values = tuple(shown(each[number]) for each in series.values())
        told = ", ".join(f"{name} {value}" for name, value in zip(series, values, strict=True))
        yield Slot(label, round(number * width, 2), round(width, 2), values, f"{label}: {told}")
