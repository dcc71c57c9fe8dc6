"""`manage.py up` as a person meets it: the box, one line when something is in the way, nothing left afterwards."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from config.environment import ROOT
from config.stack.lock import end_orphans, orphans
from config.stack.ports import LOOPBACK, free_port


@contextmanager
def up(local: Path, *, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The command, running; it and what it started are gone afterwards."""
    with start(local, port=port) as it:
        try:
            yield it
        finally:
            it.kill()
            end_orphans(local)


def start(local: Path, *, port: int) -> "subprocess.Popen[str]":
    """The command on the stores of this test run, with a log of its own in DynamoDB."""
    own = {"TENFOLD_LOCAL": str(local), "TENFOLD_PORT": str(port), "TENFOLD_DYNAMODB_ACCESS_KEY": "testup"}
    own |= {"TENFOLD_CANARY_SECONDS": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body."""
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    connection.request("GET", path, headers={"Host": "localhost"})
    response = connection.getresponse()
    return response.status, response.read().decode()


def until_counted(port: int, metric: str) -> None:
    """Until this was counted, by whichever process."""
    for _ in range(300):
        if re.search(rf"^{metric} [1-9]", get(port, "/metrics")[1], re.MULTILINE):
            return
        time.sleep(0.1)
    raise AssertionError(get(port, "/statusz"))


def test_everything_starts_is_well_when_the_box_is_drawn_and_ends_with_one_signal(tmp_path: Path) -> None:
    port = free_port()
    with up(tmp_path, port=port) as it:
        assert it.stdout
        shown = ""
        while "╰" not in shown:
            shown += (line := it.stdout.readline())
            assert line, shown
        status, condition = get(port, "/statusz")
        assert (status, json.loads(condition)["status"]) == (200, "well"), condition
        assert "tenfold_scrape_ok 1.0" in get(port, "/metrics")[1]
        until_counted(port, "tenfold_projection_lines_total")  # by the worker's child
        # a song of the canary went all the way: clock, broker, worker, log, stream, follower, journal
        until_counted(port, "tenfold_canary_lag_seconds_count")
        demo = json.loads((tmp_path / "demo.json").read_text("utf-8"))
        assert demo["tenants"]["acme"]["api_key"] in shown
        with start(tmp_path, port=free_port()) as second:
            assert f"running here already (process {it.pid})" in second.communicate()[0]
            assert second.returncode == 1
        it.send_signal(signal.SIGINT)
        assert it.wait(30) == 0
        assert orphans(tmp_path) == []


def test_a_port_that_is_taken_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as server, up(tmp_path, port=server.getsockname()[1]) as it:
        shown = it.communicate()[0]
        assert it.returncode == 1
        assert shown.count("\n") == 1
        assert "TENFOLD_PORT" in shown
        assert orphans(tmp_path) == []
