"""Whether a part of ours still works: each of its processes gives signs of life, and none stands still.

A sign is a file that its process touches each second (`cqrs.sign_of_life`); no store is asked, so that a frozen store
makes nobody look dead. Linux tells of stopped processes as well, which finds those that give no signs of their own.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

SILENCE_TIMEOUT = 15.0
"""Seconds without a sign of life after which a part is replaced."""

START_TIMEOUT = 60.0
"""Seconds that a part which was started again may take until its first sign."""

STOPPED, ZOMBIE, UNKNOWN, GONE = "T", "Z", "?", ""


class Liveness:
    """Watches one start of a part: `pid` leads its processes, whose signs lie in `folder`."""

    def __init__(self, folder: Path, pid: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._pid, self._clock = folder, pid, clock
        self._begun = clock()
        self._signs: dict[int, int] = {}
        self._alive: dict[int, float] = {}

    def find_fault(self) -> str:
        """Why the part must be replaced, in words; empty where it need not be."""
        now = self._clock()
        signs = dict(_read_signs(self._folder))
        for pid in {*signs, *descendants(self._pid)}:
            if self._works(pid, signs.get(pid)):
                self._alive[pid] = now
            elif now - self._alive.setdefault(pid, now) >= SILENCE_TIMEOUT:
                return f"process {pid} has given no sign of life for {SILENCE_TIMEOUT:g} s"
        self._signs = signs
        if not signs and now - self._begun >= START_TIMEOUT:
            return f"it has given no sign of life in the {START_TIMEOUT:g} s since it was started"
        return ""

    def _works(self, pid: int, sign: int | None) -> bool:
        return _state(pid) != STOPPED and (sign is None or sign != self._signs.get(pid))


def _read_signs(folder: Path) -> Iterator[tuple[int, int]]:
    """The processes that have given signs and still exist, each with the instant of its last one."""
    for path in folder.glob("[0-9]*"):
        pid = int(path.name)
        if _state(pid) in (GONE, ZOMBIE):
            path.unlink(missing_ok=True)
            continue
        with suppress(FileNotFoundError):
            yield pid, path.stat().st_mtime_ns


def descendants(pid: int) -> Iterator[int]:
    """The process and all that it has started, as far as this system tells."""
    yield pid
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text("ascii").split():
                yield from descendants(int(child))


def _state(pid: int) -> str:
    """The letter of `/proc/<pid>/stat`; where there is none, UNKNOWN or GONE."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return GONE
    except PermissionError:
        pass
    return GONE if Path("/proc/self/stat").exists() else UNKNOWN
