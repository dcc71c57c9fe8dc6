"""A command through everything: HTTP, DynamoDB, its stream, a Celery worker, Postgres, and back by HTTP."""

import hmac
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from config.environment import ROOT
from conftest import Api
from webhooks.models import Delivery
from webhooks.tests.receiver import receiving

NO_BROKER = "redis://127.0.0.1:1/0"


@contextmanager
def working(**environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A real worker on the test's stores, started as `make run` starts it."""
    options = ("--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle")
    with _celery("worker", *options, **environment) as worker:
        yield worker


@contextmanager
def _celery(*words: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *words, "--loglevel", "warning"],
        cwd=ROOT,
        env=on_these_stores() | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def on_these_stores() -> dict[str, str]:
    """The environment of another process that is to use the test's stores."""
    there: dict[str, Any] = connection.settings_dict
    database = f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    return os.environ | {"DATABASE_URL": database, "CELERY_BROKER_URL": settings.CELERY_BROKER_URL}


def shown(api: Api, written: Any) -> bool:
    """Whether a list shows what was written, asked again while it says that it is behind."""
    for _ in range(30):  # each asks for up to a second
        answer = api("GET", "todos/?limit=100", consistency_token=written["Consistency-Token"])
        if not answer.has_header("Read-Model-Behind"):
            ids = [todo["id"] for todo in answer.json()["results"]]
            return written.json()["id"] in ids
    return False


def test_what_is_written_is_read_back_through_a_real_worker(api: Api) -> None:
    with working():
        assert shown(api, api("POST", "todos/", {"name": str(uuid4())}))
        with ThreadPoolExecutor(4) as pool:
            written = list(pool.map(lambda n: api("POST", "todos/", {"name": f"{n}"}), range(40)))
        assert all(shown(api, each) for each in written)


def test_webhooks_are_posted_signed_in_order_and_again_after_a_500_by_a_real_worker(api: Api, tmp_path: Path) -> None:
    with (
        receiving() as hook,
        working(TENFOLD_WEBHOOKS_LOCAL="1"),
        _celery("beat", "--schedule", str(tmp_path / "beat"), "--pidfile", "", TENFOLD_POOL="0"),
        override_settings(WEBHOOKS_LOCAL=True),
    ):
        made = api("POST", "webhooks/", {"url": hook.url, "events": ["todo.*"]}).json()
        hook.answers.append(500)
        code = api("POST", "todos/", {"name": "hooked"}).json()["code"]
        api("POST", f"todos/{code}/start/", if_match="*")
        hook.wait_for(1)
        waiting = Delivery.objects.filter(endpoint=made["id"], state="pending", attempts=1)
        until(lambda: waiting.update(next_at=timezone.now()) == 1)  # as if its five seconds were over
        hook.wait_for(3)
        api("POST", f"todos/{code}/complete/", if_match="*")
        hook.wait_for(4)
        assert hook.told() == ["todo.created@1", "todo.created@1", "todo.started@2", "todo.completed@3"]
        assert hook.bodies[0] == hook.bodies[1]
        key = b64decode(made["secret"].removeprefix("whsec_"))
        for body, sent in zip(hook.bodies, hook.headers, strict=True):
            signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
            assert sent["webhook-signature"] == f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
        until(lambda: not api("GET", f"webhooks/{made['id']}/").json()["failing_since"])


def until(is_so: Callable[[], bool]) -> None:
    """Ask until it is so, for some seconds; what is asked changes in another process."""
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    pytest.fail("it did not come about")


def test_rows_follow_without_a_broker(api: Api) -> None:
    with working(CELERY_BROKER_URL=NO_BROKER):
        assert shown(api, api("POST", "todos/", {"name": str(uuid4())}))


def test_a_killed_worker_loses_nothing(api: Api) -> None:
    with working() as first:
        assert shown(api, api("POST", "todos/", {"name": "before"}))
        written = [api("POST", "todos/", {"name": f"{number}"}) for number in range(10)]
        first.kill()
        written += [api("POST", "todos/", {"name": f"{number}"}) for number in range(10)]
    with working():
        assert all(shown(api, each) for each in written)


def test_a_follower_that_dies_is_replaced_and_a_worker_that_ends_takes_it_along(api: Api) -> None:
    with working() as worker:
        assert shown(api, api("POST", "todos/", {"name": "before"}))
        [first] = followers(worker.pid)
        os.kill(first, signal.SIGKILL)
        assert shown(api, api("POST", "todos/", {"name": "after"}))
        [second] = followers(worker.pid)
        assert second != first
        worker.terminate()
        worker.wait(20)
    assert not Path(f"/proc/{second}").exists()


def followers(worker: int) -> list[int]:
    """The processes that follow the stream for a worker: children of the server that it forks them from."""
    parents = {int(each.name): int(_stat(each)[1]) for each in Path("/proc").iterdir() if each.name.isdigit()}
    servers = {pid for pid, parent in parents.items() if parent == worker}
    return [pid for pid, parent in parents.items() if parent in servers]


def _stat(process: Path) -> list[str]:
    """The fields of a process after its name: its state, its parent, …"""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return ["X", "0"]  # it has just ended


@pytest.mark.parametrize("rule", ["create", "change"])
def test_a_command_is_answered_when_the_broker_is_away(api: Api, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.celery import app  # noqa: PLC0415  # the application under test

    monkeypatch.setattr(app.conf, "broker_url", NO_BROKER)
    made = api("POST", "todos/", {"name": "x"})
    assert made.status_code == 201
    if rule == "change":
        assert api("POST", f"todos/{made.json()['code']}/complete/", if_match="*").status_code == 200
    api.drain()
