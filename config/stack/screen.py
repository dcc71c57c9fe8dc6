"""What a person sees of the stack: ticks with timings, one box, one line when something is wrong."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self, TextIO

GREEN, RED, YELLOW, DIM, BOLD = 32, 31, 33, 2, 1


class Screen:
    """Writes to a terminal, or plainly to a file."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """A tick with the time its block took; words put on the list yielded stand beside it."""
        words: list[str] = []
        begun = time.monotonic()
        yield words
        seconds = f"{time.monotonic() - begun:5.1f} s"
        self._line(self._paint("✓", GREEN), f"{title:<16}", self._paint("  ".join([seconds, *words]), DIM))

    def tick(self, title: str, detail: str = "") -> Self:
        """Something that is well."""
        return self._line(self._paint("✓", GREEN), f"{title:<16}", self._paint(detail, DIM))

    def cross(self, text: str) -> Self:
        """Something that stands in the way."""
        return self._line(self._paint("✗", RED), text)

    def warn(self, text: str) -> None:
        """Something a person should know, while all goes on."""
        self._line(self._paint("!", YELLOW), text)

    def box(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """The one box: names on the left, what to copy on the right."""
        left = max(len(name) for name, _ in rows)
        lines = [f"{name:<{left}}  {value}" for name, value in rows]
        width = max(map(len, [*lines, title]))
        self._line()
        self._line(f"╭─ {self._paint(title, BOLD)} {'─' * (width - len(title) - 1)}╮")
        for line in lines:
            self._line(f"│ {line:<{width}} │")
        self._line(f"╰{'─' * (width + 2)}╯\n")

    def _line(self, *words: str) -> Self:
        self._out.write(" ".join(words).rstrip() + "\n")
        self._out.flush()
        return self

    def _paint(self, text: str, code: int) -> str:
        return f"\033[{code}m{text}\033[0m" if self._out.isatty() and text else text
