"""A second web process on the same stores, with other settings: what the same request takes there, in turns."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from config.environment import environment
from config.stack.app import web
from config.stack.ports import LOOPBACK, free_port


@contextmanager
def twin(settings: str, **told: str) -> Iterator[int]:
    """A web process with the settings `benchmarks.<settings>`, which are told these variables. Its port."""
    env = environment().model_copy(update={"port": free_port()})
    part = web(env)
    told = {"DJANGO_SETTINGS_MODULE": f"benchmarks.{settings}", **told}
    log = (env.local / "log" / f"{settings}.log").open("wb")
    process = subprocess.Popen(part.command, env={**os.environ, **part.env, **told}, stdout=log, stderr=log)
    try:
        _until_served(env.port)
        yield env.port
    finally:
        process.terminate()
        process.wait()
        log.close()


def _until_served(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            connection = HTTPConnection(LOOPBACK, port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": environment().host})
            connection.getresponse().read()
        except OSError:
            assert time.monotonic() < deadline, f"the web process on port {port} does not start"
            time.sleep(0.1)
        else:
            return
