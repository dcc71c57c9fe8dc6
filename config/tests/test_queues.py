"""Kinds of work: each task has one, is routed by it, and ends in time; nobody but the outbox speaks to the broker."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import shared_task
from django.core import checks

from config.celery import app
from config.celery_settings import queues, transport_options
from config.checks import own_tasks
from config.environment import ROOT, Environment
from config.schedule import schedule
from config.stack.app import kind_workers, worker
from cqrs.queues import TIME_LIMITS, Queue
from cqrs.tenant_tasks import CommonTask
from cqrs.time_limits import EXIT_CODE

SENDING = re.compile(r"\.(delay|apply_async|send_task|retry)\(|\b(eta|countdown)=")
"""What waits for a broker, or needs one that can wait."""


def test_every_task_goes_to_the_queue_of_its_kind_and_has_its_time_limit() -> None:
    assert own_tasks()
    for name, task in own_tasks():
        routed = app.amqp.router.route({}, name, task_type=task)
        assert (routed["queue"].name, task.time_limit) == (task.kind, TIME_LIMITS[task.kind])


def test_what_the_clock_starts_is_a_task_and_expires_before_the_next() -> None:
    for entry in schedule(Environment()).values():
        assert dict(own_tasks())[entry["task"]].kind
        assert entry["options"]["expires"] <= entry["schedule"]


def test_make_run_serves_every_queue() -> None:
    parts = [worker(Environment()), *kind_workers(Environment())]
    assert sorted(part.command[part.command.index("--queues") + 1] for part in parts) == sorted(Queue)


def test_a_task_of_no_kind_is_found() -> None:
    @shared_task(name="tests.stray", base=CommonTask, without_tenant="a test")
    def stray() -> None: ...

    try:
        assert [each.obj for each in checks.run_checks(tags=["tenfold"]) if each.id == "tenfold.E005"] == [stray.name]
    finally:
        app.tasks.unregister("tests.stray")


def test_nobody_but_the_outbox_waits_for_the_broker() -> None:
    own = [path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in (".venv", ".local")]
    found = {str(path.relative_to(ROOT)) for path in own if "tests" not in path.parts and _sends(path)}
    assert found == {"cqrs/messages.py"}


def _sends(path: Path) -> bool:
    code = "\n".join(line.partition("#")[0] for line in path.read_text("utf-8").splitlines())
    return bool(SENDING.search(code))


@pytest.mark.parametrize(("url", "kind"), [("amqp://host//", "quorum"), ("amqps://host//", "quorum"), ("sqs://", None)])
def test_queues_are_quorum_queues_on_rabbitmq_alone(url: str, kind: str | None) -> None:
    made = queues(Environment(celery_broker_url=url))
    assert {each.name for each in made} == set(Queue)
    assert {(each.queue_arguments or {}).get("x-queue-type") for each in made} == {kind}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("amqp://host//", {"confirm_publish": True, "read_timeout": 10.0}),
        ("redis://host/0", {"socket_timeout": 10.0, "visibility_timeout": 30000}),
        ("sqs://", {"region": "eu-west-1", "queue_name_prefix": "my-", "visibility_timeout": 30000, "is_secure": True}),
        ("sqs://a:b@127.0.0.1:99", {"is_secure": False}),
    ],
)
def test_a_brokers_transport_is_told_its_limits(url: str, told: dict[str, Any]) -> None:
    env = Environment(celery_broker_url=url, broker_visibility_seconds=30000, sqs_region="eu-west-1", sqs_prefix="my-")
    assert transport_options(env).items() >= told.items()


def test_the_region_of_sqs_is_that_of_the_tables_unless_said() -> None:
    env = Environment(celery_broker_url="sqs://", dynamodb_region="eu-central-1")
    assert transport_options(env)["region"] == "eu-central-1"


@pytest.mark.parametrize("seconds", [3600, 50_000])
def test_a_message_that_comes_back_while_its_task_may_run_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    env = Environment(broker_visibility_seconds=seconds)
    monkeypatch.setattr("config.checks.environment", lambda: env)
    assert [each.id for each in checks.run_checks(tags=["tenfold"])] == ["tenfold.E007"]


def test_a_task_that_does_not_end_ends_its_worker() -> None:
    text = (
        "import time; from cqrs.time_limits import WATCH\n"
        "with WATCH.limit('quick', seconds=9), WATCH.limit('stuck', seconds=0.1): time.sleep(60)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == EXIT_CODE
    assert "stuck" in ended.stdout
    assert "time.sleep(60)" in ended.stdout, "the stack says where"
