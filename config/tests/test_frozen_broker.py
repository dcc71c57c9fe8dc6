"""A broker that stands still, and still acknowledges TCP: no request waits for it, and what was promised is done."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.utils import timezone
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from config.celery_settings import QUORUM
from config.environment import environment
from config.songs import last_song
from config.stack.app import beat, kind_workers, web, worker
from config.stack.ports import free_port
from config.tests.brokers import Broker, await_true, own_rabbitmq, own_sqs, own_valkey
from config.tests.running import Visitor, running
from conftest import TestTenant
from tenants.models import Invitation, ResetRequest
from tenants.provisioning import create_system

FROZEN = 8.0
"""Seconds: longer than our time limit for a confirmation."""

QUICK = 1.0
KEPT = "kept"
"""A queue that no worker serves."""


@dataclass
class Scene:
    """What plays."""

    broker: Broker
    visit: Visitor
    log: Path


@pytest.fixture(scope="module", params=[own_valkey, own_rabbitmq, own_sqs], ids=["valkey", "rabbitmq", "sqs"])
def scene(
    request: pytest.FixtureRequest, tenants: dict[str, TestTenant], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    create_system()
    own: AbstractContextManager[Broker] = request.param()
    log = tmp_path_factory.mktemp("log")
    env = environment().model_copy(update={"port": free_port(), "local": log})
    with own as broker:
        if broker.ctl:
            _declare(broker)  # early: what RabbitMQ notes of a queue is on its disk some seconds later
        told = {"CELERY_BROKER_URL": broker.url, "TENFOLD_PORT": str(env.port), "TENFOLD_CANARY_SECONDS": "1"}
        mail = kind_workers(env)[0]
        with running([web(env), worker(env), mail, beat(env)], log=log, **told):
            visit = Visitor(env, tenants["acme"])
            await_true(lambda: _answers(visit))
            yield Scene(broker, visit, log)


def test_no_request_waits_and_all_is_done_afterwards(scene: Scene, acme: TestTenant) -> None:
    await_true(lambda: "ready" in (scene.log / "worker-mail.log").read_text())
    _await_sent(scene.visit)
    invited, scene.visit.slowest = [], 0.0
    with scene.broker.frozen():
        until = time.monotonic() + FROZEN
        while time.monotonic() < until:
            assert scene.visit("POST", "/api/v1/todos/", {"name": "frozen"})[0] == 201
            invited.append(_invited(scene.visit))
            assert scene.visit("GET", "/api/v1/todos/")[0] == 200
            time.sleep(0.5)
        _forget_password(scene.visit, acme.owner)
    assert scene.visit.slowest < QUICK
    await_true(lambda: all(map(_is_sent, invited)))
    await_true(lambda: ResetRequest.objects.filter(user__email=acme.owner).exclude(sent_at=None).exists())
    _await_song()


def test_rows_are_shown_meanwhile(scene: Scene) -> None:
    with scene.broker.frozen():
        status, made = scene.visit("POST", "/api/v1/todos/", {"name": str(uuid4())}, Prefer="wait=4")
        assert status == 201
        await_true(lambda: scene.visit("GET", f"/api/v1/todos/?q={made['name']}")[1]["results"], seconds=5)


def test_rabbitmq_has_quorum_queues_alone_and_keeps_its_messages_when_killed(scene: Scene) -> None:
    if not scene.broker.ctl:
        pytest.skip("about RabbitMQ alone")
    queues = scene.broker.queues()
    assert {"celery", "mail"} <= queues.keys()
    assert set(queues.values()) == {"quorum"}
    with Connection(scene.broker.url) as connection, connection.Producer() as producer:
        producer.publish({}, routing_key=KEPT, delivery_mode=2)
        await_true(lambda: _depth(scene.broker, KEPT) == 1)
    os.kill(scene.broker.pid, signal.SIGKILL)
    await_true(lambda: _depth(scene.broker, KEPT) == 1)
    _await_sent(scene.visit)  # web and workers have found it again
    _await_song()


def test_sqs_queues_have_the_prefix_and_the_visibility_of_the_settings(scene: Scene) -> None:
    if not scene.broker.url.startswith("sqs:"):
        pytest.skip("about SQS alone")
    with urlopen(f"http://{scene.broker.url.partition('@')[2]}/moto-api/data.json") as answer:
        made = {each["name"]: each["visibility_timeout"] for each in json.load(answer)["sqs"]["Queue"]}
    assert {"tenfold-celery", "tenfold-mail"} <= made.keys()
    assert {(name[:8], seconds) for name, seconds in made.items()} == {("tenfold-", 7 * 3600)}


def _await_song() -> None:
    """The clock has found the broker again as well: a heartbeat came all the way after now."""
    begun = timezone.now()
    await_true(lambda: (song := last_song()) and song.age_seconds < (timezone.now() - begun).total_seconds())


def _await_sent(visit: Visitor) -> None:
    invited = _invited(visit)
    await_true(lambda: _is_sent(invited))


def _answers(visit: Visitor) -> bool:
    try:
        return visit("GET", "/api/v1/todos/")[0] == 200
    except OSError:
        return False


def _invited(visit: Visitor) -> str:
    status, made = visit("POST", "/api/v1/invitations/", {"email": f"{uuid4().hex}@x.example", "role": "viewer"})
    assert status == 201, made
    return str(made["id"])


def _is_sent(id: str) -> bool:
    return Invitation.objects.filter(id=id).exclude(sent_at=None).exists()


def _forget_password(visit: Visitor, email: str) -> None:
    token = "a" * 32
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}", "Authorization": ""}
    status, _ = visit("POST", "/forgot/", f"email={email}&csrfmiddlewaretoken={token}", **form)
    assert status == 200


def _declare(broker: Broker) -> None:
    with Connection(broker.url) as connection:
        Queue(KEPT, queue_arguments=QUORUM)(connection).declare()


def _depth(broker: Broker, queue: str) -> int:
    try:
        with Connection(broker.url, connect_timeout=2) as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(queue, passive=True).message_count)
    except (OSError, OperationalError):
        return -1
