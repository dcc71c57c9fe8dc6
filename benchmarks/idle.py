"""What the worker costs while nobody writes."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lines import Line


def lines(pid_file: Path, *, seconds: int) -> Iterator[Line]:
    """Processor time of the worker's process, as Linux counts it."""
    pid = int(pid_file.read_text("ascii"))
    before = _used(pid)
    time.sleep(seconds)
    share = (_used(pid) - before) / seconds
    yield Line(what=f"idle worker, over {seconds} s", rate=f"{share:.1%} of a core")


def _used(pid: int) -> float:
    """Seconds of processor time, user and system."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = (int(field) for field in after_name[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK")
