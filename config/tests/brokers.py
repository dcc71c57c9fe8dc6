"""Brokers of a test module's own, which it may freeze and kill."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest

from config.environment import ROOT
from config.stack import rabbitmq
from config.stack.ports import LOOPBACK, answers, free_port
from config.stack.valkey import binary

PATIENCE = 60.0


@dataclass
class Broker:
    """`pid` is its only process; `ctl` the environment of `rabbitmqctl`."""

    url: str
    pid: int
    ctl: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Within the block it stands still: TCP is acknowledged, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def queues(self) -> dict[str, str]:
        """RabbitMQ's queues, each with its type."""
        words = ["/usr/lib/rabbitmq/bin/rabbitmqctl", "--quiet", "--formatter", "json", "list_queues", "name", "type"]
        told = subprocess.run(words, env={**os.environ, **self.ctl}, capture_output=True, check=True, timeout=PATIENCE)
        return {each["name"]: each["type"] for each in json.loads(told.stdout)}


@contextmanager
def own_valkey() -> Iterator[Broker]:
    """Valkey, as `make run` has it."""
    port = free_port()
    command = [binary(), "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield Broker(f"redis://{LOOPBACK}:{port}/0", process.pid)
    finally:
        process.kill()
        process.wait()


@contextmanager
def own_sqs() -> Iterator[Broker]:
    """Amazon SQS, as moto's server has it. Skips the test where kombu could not speak to it."""
    if find_spec("pycurl") is None:
        pytest.skip("pycurl is not installed: `make install-sqs`")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", LOOPBACK, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_true(lambda: asyncio.run(answers(port)))
        yield Broker(f"sqs://key:secret@{LOOPBACK}:{port}", process.pid)
    finally:
        process.kill()
        process.wait()


@contextmanager
def own_rabbitmq() -> Iterator[Broker]:
    """RabbitMQ; one that is killed is started again. Skips the test where this machine has none."""
    if not rabbitmq.is_installed():
        pytest.skip(rabbitmq.MISSING)
    command = [sys.executable, "-m", "config.stack.ephemeral_rabbitmq"]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout
    try:
        yield Broker(**json.loads(process.stdout.readline()))
    finally:
        process.communicate()  # closes its standard input


def await_true(is_so: Callable[[], object], *, seconds: float = PATIENCE) -> float:
    """Ask until it is so; the seconds that took. AssertionError where it does not come about."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, "it did not come about"
        time.sleep(0.05)
    return time.monotonic() - begun
