"""What gives no sign of life is replaced, with all it has started; what only waits is not. Real processes."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.environment import ROOT
from config.stack import liveness, supervisor
from config.stack.lock import orphans
from config.stack.part import Part
from config.tests.test_end_to_end import until

SIGNING = "from cqrs.sign_of_life import keep_giving_signs; keep_giving_signs(); "
WAITING = SIGNING + "import time; time.sleep(600)"
PARENT = SIGNING + "import subprocess; subprocess.run(['sleep', '600'])"
ONCE = "from cqrs.sign_of_life import give_sign; give_sign(); import time; time.sleep(600)"
NEVER = "import time; time.sleep(600)"

type Break = Callable[[int], None]
"""Does something to the process that leads a part."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "SILENCE_TIMEOUT", 3.0)
    monkeypatch.setattr(liveness, "START_TIMEOUT", 4.0)
    monkeypatch.setattr(supervisor, "GRACE", 1.0)  # a stopped process does not end in good order


def part(code: str, *, gives_signs: bool = True) -> Part:
    command, env = (sys.executable, "-c", code), {"PYTHONPATH": str(ROOT)}
    return Part(name="part", title="Part", command=command, env=env, gives_signs=gives_signs)


def replaced(local: Path, it: Part, *, break_it: Break = lambda pid: None, within: float = 20.0) -> list[str]:
    """What is said until another process leads the part, or until so many seconds are over."""
    said: list[str] = []

    async def watch() -> None:
        async with supervisor.Supervisor(local=local, tell=said.append) as running:
            await running.start(it)
            first, signs = running.pid(it), local / "run" / "part"
            while it.gives_signs and not list(signs.iterdir()) and NEVER not in it.command:
                await asyncio.sleep(0.02)
            break_it(first)
            try:
                async with asyncio.timeout(within):
                    while running.pid(it) == first:
                        await asyncio.sleep(0.05)
            except TimeoutError:
                return
            assert first not in orphans(local)

    asyncio.run(watch())
    assert orphans(local) == []
    return said


def test_a_stopped_process_is_killed_and_started_again(tmp_path: Path) -> None:
    said = replaced(tmp_path, part(WAITING), break_it=lambda pid: os.kill(pid, signal.SIGSTOP))
    assert said[0].startswith("Part is killed: process ")
    assert said[0].endswith("has given no sign of life for 3 s.")
    assert said[1].startswith("Part ended (SIGKILL); it is started again")


def test_so_is_one_whose_child_is_stopped_and_that_child_goes_with_it(tmp_path: Path) -> None:
    children: list[int] = []

    def stop_child(pid: int) -> None:
        while not children:
            children.extend(int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split())
        os.kill(children[0], signal.SIGSTOP)

    said = replaced(tmp_path, part(PARENT), break_it=stop_child)
    assert said[0].startswith(f"Part is killed: process {children[0]} ")
    until(lambda: _is_gone(children[0]))


def _is_gone(pid: int) -> bool:
    """Whether the process has ended; the kernel may keep its name until somebody asks how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_so_is_one_that_runs_and_gives_no_more_signs(tmp_path: Path) -> None:
    assert replaced(tmp_path, part(ONCE))[0].startswith("Part is killed: process ")


def test_so_is_one_that_never_gave_any(tmp_path: Path) -> None:
    [killed, *_] = replaced(tmp_path, part(NEVER))
    assert killed == "Part is killed: it has given no sign of life in the 4 s since it was started."


def test_one_that_only_waits_is_left_alone(tmp_path: Path) -> None:
    assert replaced(tmp_path, part(WAITING), within=4.5) == []


def test_one_that_was_stopped_for_a_moment_is_left_alone(tmp_path: Path) -> None:
    def stop_for_a_moment(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(1.0, os.kill, pid, signal.SIGCONT)

    assert replaced(tmp_path, part(WAITING), break_it=stop_for_a_moment, within=4.5) == []


def test_a_store_is_never_replaced_for_its_silence(tmp_path: Path) -> None:
    stopped = part(NEVER, gives_signs=False)
    assert replaced(tmp_path, stopped, break_it=lambda pid: os.kill(pid, signal.SIGSTOP), within=4.5) == []
