"""Starting a child process: on a leash, in a session of its own, with its output in a log file."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from config.stack.failures import CannotStart

MARK = "TENFOLD_STACK"  # environment variable of every child: the local folder whose stack it belongs to
LEASH = Path(__file__).with_name("leash.py")
LOG_BYTES = 5_000_000


async def spawn(
    command: tuple[str, ...],
    *,
    log: Path,
    user: str = "",
    death: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Start `command`; it gets signal `death` when this process dies, however it dies."""
    leash = (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(death)), user)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *leash,
            *command,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
        )


async def run(
    command: tuple[str, ...], *, log: Path, user: str = "", env: Mapping[str, str] | None = None, mend: str = ""
) -> None:
    """Run `command` to its end; a failure is CannotStart with the last line it wrote."""
    process = await spawn(command, log=log, user=user, env=env, death=signal.SIGKILL)
    try:
        code = await process.wait()
    finally:
        kill_group(process.pid)
    if code:
        raise CannotStart(f"{Path(command[0]).name} failed ({last_line(log)})", mend=mend or f"see {log}")


def kill_group(pid: int) -> None:
    """End a child and whatever it has started, at once; one that is gone already is fine."""
    with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(pid, signal.SIGKILL)


def rotate(log: Path) -> None:
    """Keep one older log beside a log that has grown large."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def tail(log: Path, *, lines: int) -> list[str]:
    """The last lines of a log that are not blank."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        text = file.read().decode("utf-8", "replace")
    return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]


def last_line(log: Path) -> str:
    """The last line of a log that is not blank; the reason of a failure is mostly there."""
    return next(iter(tail(log, lines=1)), "no output")
