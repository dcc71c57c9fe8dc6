"""A worker's own `/metrics`: on a port, to who may read it, with what its child counts; and a port that is taken."""

import os
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config import worker_metrics
from config.environment import ROOT, Environment
from config.stack.ports import LOOPBACK, free_port


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


@pytest.mark.parametrize(("token", "sent", "status"), [("", "", 200), ("s3cret", "", 401), ("s3cret", "s3cret", 200)])
def test_it_answers_this_machine_or_whoever_sends_the_token(
    monkeypatch: pytest.MonkeyPatch, token: str, sent: str, status: int
) -> None:
    env = Environment(worker_metrics_port=free_port(), metrics_token=token)
    monkeypatch.setattr(worker_metrics, "environment", lambda: env)
    worker_metrics.serve_counters()
    found, text = get(env.worker_metrics_port, "/metrics", Authorization=f"Bearer {sent}")
    assert (found, "tenfold_commands" in text) == (status, status == 200)
    assert get(env.worker_metrics_port, "/")[0] == 404


def test_a_port_that_another_worker_has_is_told_of_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    env = Environment(worker_metrics_port=free_port(), metrics_token="")
    monkeypatch.setattr(worker_metrics, "environment", lambda: env)
    worker_metrics.serve_counters()
    with caplog.at_level("WARNING"):
        worker_metrics.serve_counters()
    assert "counters are not served" in caplog.text
    assert get(env.worker_metrics_port, "/metrics")[0] == 200


COUNT = "from cqrs.telemetry.metrics import COMMANDS; COMMANDS.labels('TODO', 'create', 'changed', '').inc(3)"
WORKER = f"""
import os, subprocess, sys
import django
django.setup()
subprocess.run([sys.executable, "-c", {COUNT!r}], check=True)
from prometheus_client import generate_latest
from config.metrics import counted
print(generate_latest(counted()).decode())
print("FOLDER", os.environ["PROMETHEUS_MULTIPROC_DIR"])
"""


def test_where_no_folder_is_named_its_child_is_counted_in_one_that_goes_with_it() -> None:
    env = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    env |= {"PYTHONPATH": str(ROOT), "TENFOLD_WORKER_METRICS_PORT": "1"}
    told = subprocess.run([sys.executable, "-c", WORKER], env=env, check=True, capture_output=True, text=True).stdout
    assert 'tenfold_commands_total{code="",result="changed",rule="create",type="TODO"} 3.0' in told
    assert not Path(told.rpartition("FOLDER ")[2].strip()).exists()
