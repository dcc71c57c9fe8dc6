"""A program for the tests: a supervisor with a part that has a child of its own, and one that ignores SIGTERM."""

import asyncio
import sys
from pathlib import Path

from config.stack.part import Part
from config.stack.running import listen
from config.stack.supervisor import Supervisor

PARENT = "import subprocess; child = subprocess.Popen(['sleep', '600']); print('hello', flush=True); child.wait()"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('hello', flush=True); time.sleep(600)"


async def main(local: Path, names: list[str]) -> None:
    """Start the parts named, say so, stay until a signal."""
    async with Supervisor(local=local, tell=say) as supervisor:
        listen(supervisor)
        for name in names:
            code = {"parent": PARENT, "deaf": DEAF}[name]
            await supervisor.start(Part(name=name, title=name.title(), command=(sys.executable, "-c", code)))
        say("up")
        await asyncio.Event().wait()


def say(text: str) -> None:
    """One line to whoever started this."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
    except asyncio.CancelledError:
        say("stopped")
