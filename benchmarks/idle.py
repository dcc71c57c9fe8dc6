"""What the worker and its follower cost while nobody writes."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.backlog import follower_of
from benchmarks.lines import Line, judged

SHARE_MOST = 0.02


def lines(pid_file: Path, *, seconds: int) -> Iterator[Line]:
    """Processor time of the two processes, as Linux counts it."""
    worker = int(pid_file.read_text("ascii"))
    both = worker, follower_of(worker)
    before = sum(map(_used, both))
    time.sleep(seconds)
    share = (sum(map(_used, both)) - before) / seconds
    verdict = judged(f"{share:.1%}", is_met=share < SHARE_MOST)
    bar = f"< {SHARE_MOST:.0%} of a core"
    yield Line(what=f"idle worker, over {seconds} s", rate=f"{share:.1%} of a core", bar=bar, verdict=verdict)


def _used(pid: int) -> float:
    """Seconds of processor time, user and system."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = (int(field) for field in after_name[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK")
