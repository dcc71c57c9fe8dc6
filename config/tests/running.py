"""Processes of the application on a test's stores, started as `make run` starts them."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from config.environment import ROOT, Environment
from config.stack.part import Part
from config.stack.ports import LOOPBACK
from config.tests.test_end_to_end import on_these_stores
from conftest import TestTenant


@contextmanager
def running(parts: Sequence[Part], *, log: Path, **environment: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """These, each in a group of its own; they are killed with the end of the block."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for part in parts:
            env = {**on_these_stores(), **part.env, **environment}
            with (log / f"{part.name}.log").open("wb") as out:
                started = subprocess.Popen(part.command, cwd=ROOT, env=env, stdout=out, stderr=out, process_group=0)
            processes.append(started)
        yield processes
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Visitor:
    """A program that speaks to one tenant of a web process through a real socket."""

    def __init__(self, env: Environment, tenant: TestTenant) -> None:
        self._env, self._tenant = env, tenant
        self.slowest = 0.0

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON (or text) of the answer."""
        connection = HTTPConnection(LOOPBACK, self._env.port, timeout=20)
        sent = {"Host": self._tenant.host, "Authorization": f"Bearer {self._tenant.key}"} | headers
        begun = time.perf_counter()
        try:
            text = body if isinstance(body, str) else json.dumps(body)
            sent = {"Content-Type": "application/json"} | sent
            connection.request(method, path, text if body is not None else None, sent)
            answer = connection.getresponse()
            told = answer.read().decode()
        finally:
            connection.close()
        self.slowest = max(self.slowest, time.perf_counter() - begun)
        return answer.status, json.loads(told) if "json" in answer.headers.get("Content-Type", "") else told
