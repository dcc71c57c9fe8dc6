"""One stack per local folder: a lock that dies with its holder, and the end of what an earlier holder left."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.stack.failures import CannotStart
from config.stack.processes import MARK

PATIENCE = 5.0
"""Seconds that a process may take to end, by each of the signals."""


@contextmanager
def only_one(local: Path) -> Iterator[None]:
    """Hold `local` for this process; CannotStart when another one holds it."""
    local.mkdir(parents=True, exist_ok=True)
    with (local / "up.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(
                f"Tenfold is running here already (process {file.read()})", mend="stop that one first"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_held(local: Path) -> bool:
    """Whether Tenfold is running on this folder."""
    try:
        with only_one(local):
            return False
    except CannotStart:
        return True


def end_orphans(local: Path) -> int:
    """End the children of a supervisor that was killed, and nothing else; the number of those that were left."""
    found = orphans(local)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in orphans(local):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + PATIENCE  # for each: a killed process takes its moment, too
        while orphans(local) and time.monotonic() < deadline:
            time.sleep(0.05)  # they are not our children: nothing can be awaited
    return len(found)


def orphans(local: Path) -> list[int]:
    """Processes that carry this folder's mark in their environment; Linux only, elsewhere none are found."""
    mark = f"\0{MARK}={local}\0".encode()
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in b"\0" + _environment(entry)]


def _environment(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""  # it has ended meanwhile, or is another user's
