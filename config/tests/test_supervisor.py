"""The supervisor with real processes: nothing it started outlives it, and what crashes comes back."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.environment import ROOT
from config.stack.failures import CannotStart
from config.stack.lock import end_orphans, only_one, orphans
from config.stack.part import Part
from config.stack.supervisor import Supervisor


@contextmanager
def supervisor(local: Path, *parts: str) -> Iterator["subprocess.Popen[str]"]:
    """A running supervisor with these parts; it and they are gone afterwards."""
    command = [sys.executable, "-m", "config.tests.two_parts", str(local), *parts]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "up\n"
            eventually(lambda: b"hello" in (local / "log" / f"{parts[0]}.log").read_bytes())
            yield process
        finally:
            process.kill()
            end_orphans(local)


def eventually(holds: Callable[[], object], *, within: float = 5.0) -> None:
    """Wait for other processes, which announce nothing."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_children_and_their_children(tmp_path: Path, sign: signal.Signals) -> None:
    with supervisor(tmp_path, "parent") as process:
        assert len(orphans(tmp_path)) == 2
        process.send_signal(sign)
        assert process.wait(5) == 0
        assert orphans(tmp_path) == []


def test_a_second_signal_ends_even_a_child_that_does_not_listen(tmp_path: Path) -> None:
    with supervisor(tmp_path, "deaf") as process:
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert orphans(tmp_path) == []


def test_a_killed_child_is_reported_with_its_last_words_and_started_again(tmp_path: Path) -> None:
    with supervisor(tmp_path, "parent") as process:
        first = orphans(tmp_path)
        os.kill(min(first), signal.SIGKILL)
        assert process.stdout
        assert process.stdout.readline().startswith("Parent ended (SIGKILL)")
        assert process.stdout.readline() == "  hello\n"
        eventually(lambda: len(set(orphans(tmp_path)) - set(first)) == 2)
        assert not set(orphans(tmp_path)) & set(first)


def test_a_part_that_was_stopped_stays_away_until_it_is_started(tmp_path: Path) -> None:
    part = Part(name="sleep", title="Sleep", command=("sleep", "600"))

    async def stop_and_start() -> None:
        async with Supervisor(local=tmp_path, tell=print) as running:
            await running.start(part)
            first = running.pid(part)
            await running.stop(part, sign=signal.SIGKILL)
            assert orphans(tmp_path) == []
            await running.start(part)
            assert orphans(tmp_path) == [running.pid(part)] != [first]

    asyncio.run(stop_and_start())
    assert orphans(tmp_path) == []


def test_nothing_stays_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with supervisor(tmp_path, "parent") as process:
        child = min(orphans(tmp_path))
        process.kill()
        eventually(lambda: child not in orphans(tmp_path))


def test_what_ignores_even_that_is_ended_at_the_next_start_and_nothing_else_is(tmp_path: Path) -> None:
    with supervisor(tmp_path, "deaf") as process, subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            process.kill()
            process.wait()
            assert end_orphans(tmp_path) == 1
            assert orphans(tmp_path) == []
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_second_one_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(CannotStart, match=f"running here already .process {os.getpid()}."),
        only_one(tmp_path),
    ):
        pass
