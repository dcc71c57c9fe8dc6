"""What tenants cost a request: the same page of the same rows, with tenants and without, in turns."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median

from benchmarks.browser import Browser
from benchmarks.lines import Line, judged, spread
from benchmarks.rooms import Room, furnished_room, seconds, signed_in
from config.environment import environment
from config.stack.app import web
from config.stack.ports import LOOPBACK, free_port

MOST = 1.1
WARM_UP = 30


def lines(*, requests: int) -> Iterator[Line]:
    """A list page of a member who is signed in."""
    room = furnished_room("tenancy")
    with _without_tenants(room) as port:
        ours = signed_in(room)
        plain = Browser(port=port, cookies={host: dict(each) for host, each in ours.cookies.items()})
        taken: dict[str, list[float]] = {"ours": [], "plain": []}
        for _ in range(requests + WARM_UP):
            taken["ours"].append(seconds(ours, room))
            taken["plain"].append(seconds(plain, room))
    with_tenants, without = taken["ours"][WARM_UP:], taken["plain"][WARM_UP:]
    ratio = median(with_tenants) / median(without)
    yield spread("list page, without tenants", without)
    found = judged(f"{ratio:.2f}", is_met=ratio <= MOST)
    yield spread("list page, to that without tenants", with_tenants, bar=f"p50 ratio ≤ {MOST}", verdict=found)


@contextmanager
def _without_tenants(room: Room) -> Iterator[int]:
    """A second web process on the same stores, which knows one customer only. Its port."""
    env = environment().model_copy(update={"port": free_port()})
    part = web(env)
    told = {"DJANGO_SETTINGS_MODULE": "benchmarks.plain", "BENCH_TENANT": room.code, "BENCH_SCHEMA": room.schema}
    log = (env.local / "log" / "plain.log").open("wb")
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
            assert time.monotonic() < deadline, "the web process without tenants does not start"
            time.sleep(0.1)
        else:
            return
