"""The whole system, started from nothing, while its parts break one by one: what the probes say is true, whoever is
frozen for long is replaced, and whoever only waits for a frozen store is not.

One test: everything that it breaks is one installation's, which takes long to start.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest

from config.environment import ROOT
from config.stack import liveness
from config.stack.ports import free_port
from config.tests.own_stack import OwnStack, eventually, own_stack

MAX_PROBE_SECONDS = 3.0
"""Seconds; a probe has two, and this machine is busy."""

LONGER_THAN_PATIENCE = 17.0
STORES = ("postgres", "DynamoDBLocal", "valkey-server")
PROCESSES = ("granian", "celery --app config worker", "celery --app config beat")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    with own_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def test_probes_tell_the_truth_and_only_what_is_frozen_is_replaced(stack: OwnStack) -> None:
    assert stack.get("/statusz").body["status"] == "well"
    _counters_of_the_worker_are_scraped_on_its_port(stack)
    _a_frozen_broker_is_a_warning(stack)
    _a_full_disk_under_the_log_is_not_ready(stack)
    _a_frozen_store_replaces_nobody(stack)
    _frozen_processes_are_replaced(stack)
    if which("faketime"):
        _a_process_with_a_wrong_clock_writes_nothing_until_it_is_right(stack)


def _counters_of_the_worker_are_scraped_on_its_port(stack: OwnStack) -> None:
    port = int(stack.env["TENFOLD_WORKER_METRICS_PORT"])
    scraped = stack.get("/metrics", port=port)
    assert scraped.status == 200
    assert "tenfold_projection_lines_total" in scraped.text
    assert "tenfold_lag_seconds" not in scraped.text
    assert stack.get("/", port=port).status == 404


def _a_frozen_broker_is_a_warning(stack: OwnStack) -> None:
    with frozen(stack.pids("valkey-server")):
        ready, status = stack.get("/readyz"), stack.get("/statusz")
        assert (ready.status, ready.body["status"]) == (200, "ready")
        assert [each for each in ready.body["warnings"] if each.startswith("broker: ")]
        assert (status.status, status.body["checks"]["broker"]["ok"]) == (503, False)
        assert max(ready.seconds, status.seconds) < MAX_PROBE_SECONDS
        assert stack.add_todo("without a broker").status == 201
        assert 'tenfold_part_up{part="broker"} 0.0' in stack.get("/metrics").text
    _until_well(stack)


def _a_full_disk_under_the_log_is_not_ready(stack: OwnStack) -> None:
    """DynamoDB Local may write no file beyond its first byte, and answers as it does where the disk is full, if at all:
    its SQLite may give up for good. So there is room again with another process."""
    before = stack.add_todo("before")
    assert before.status == 201
    [log] = stack.pids("DynamoDBLocal")
    resource.prlimit(log, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    refused = stack.add_todo("in vain")
    assert (refused.status, refused.retry_after != "") == (503, True)
    eventually(lambda: stack.get("/readyz").status == 503, within=30)
    found = stack.get("/readyz").body["checks"]
    assert (found["log"]["ok"], found["postgres"]["ok"]) == (False, True)
    assert found["log"]["reason"] in ("InternalFailure", "ReadTimeoutError")
    os.kill(log, signal.SIGKILL)
    eventually(lambda: stack.get("/readyz").status == 200, within=30, what=lambda: stack.get("/readyz").text)
    assert stack.add_todo("after").status == 201
    assert stack.read_todo(before.body["code"]).body["name"] == "before"


def _a_frozen_store_replaces_nobody(stack: OwnStack) -> None:
    before = [stack.pids(words) for words in PROCESSES]
    with frozen([pid for words in STORES for pid in stack.pids(words)]):
        begun = time.monotonic()
        refused = [stack.get("/readyz") for _ in range(3)]
        assert [each.status for each in refused] == [503] * 3
        assert refused[0].body["checks"]["postgres"]["reason"] == "no answer in time"
        assert max(each.seconds for each in refused) < MAX_PROBE_SECONDS
        assert stack.get("/healthz").status == 200
        time.sleep(begun + LONGER_THAN_PATIENCE - time.monotonic())
        assert [stack.pids(words) for words in PROCESSES] == before
    _until_well(stack)
    assert [stack.pids(words) for words in PROCESSES] == before
    assert "is killed" not in stack.read_screen()


def _frozen_processes_are_replaced(stack: OwnStack) -> None:
    """Of the web process the one that serves, of the worker the one that follows, and beat."""
    stopped = [stack.pids("granian")[-1], stack.pids("forkserver")[-1], *stack.pids("config beat")]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    eventually(lambda: not {*stopped} & {*stack.pids("")}, within=40, what=stack.read_screen)
    assert time.monotonic() - begun > 10
    _until_well(stack)
    for title in ("Web", "Worker", "Beat"):
        assert f"{title} is killed: process " in stack.read_screen()


def _a_process_with_a_wrong_clock_writes_nothing_until_it_is_right(stack: OwnStack) -> None:
    port, clock = free_port(), stack.local / "clock"
    clock.write_text("+30s")
    with beside(stack, port=port, clock=clock):
        eventually(lambda: stack.get("/healthz", port=port).status == 200, within=60)
        eventually(lambda: not stack.get("/readyz", port=port).body["checks"]["clock"]["ok"], within=30)
        refused = stack.add_todo("of the future", port=port)
        assert (refused.status, refused.body["code"]) == (503, "clock_skew")
        assert stack.get("/readyz", port=port).status == 503
        assert stack.add_todo("of the present").status == 201
        assert stack.get("/readyz").status == 200
        clock.write_text("+0s")
        eventually(lambda: stack.get("/readyz", port=port).status == 200, within=30)
        assert stack.add_todo("of the present again", port=port).status == 201


@contextmanager
def beside(stack: OwnStack, *, port: int, clock: Path) -> Iterator[None]:
    """A second web process of the same installation, whose clock is what the file says."""
    preload = subprocess.run(
        ["faketime", "-f", "+0s", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    lies = {"LD_PRELOAD": preload, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "config.wsgi:application"],
        cwd=ROOT,
        env={**stack.env, **lies, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    """They, and what they have started, stand still within the block."""
    assert pids
    pids = [each for pid in pids for each in liveness.descendants(pid)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _until_well(stack: OwnStack) -> None:
    eventually(lambda: stack.get("/statusz").status == 200, within=60, what=lambda: stack.get("/statusz").text)
