"""Real log lines: request id and tenant on each, through the web, the worker and reactions; nothing that is private."""

from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.test import Client
from structlog.contextvars import clear_contextvars, merge_contextvars
from structlog.testing import capture_logs

from conftest import Api, TestTenant
from cqrs.dynamodb.store import store
from cqrs.telemetry import reacting, showing
from tenants.tests.browsers import signed_in

_log = structlog.get_logger(__name__)


@pytest.fixture(autouse=True)
def _nothing_bound() -> None:
    clear_contextvars()


def captured() -> Any:
    return capture_logs(processors=[merge_contextvars])


def lines(logs: list[Any]) -> list[Any]:
    return [line for line in logs if line["event"] == "request"]


def test_a_request_is_one_line_that_says_what_was_asked_answered_and_by_whom(api: Api, acme: TestTenant) -> None:
    with captured() as logs:
        answer = api("GET", "todos/?q=mother+of+pearl", x_request_id="mine")
    [line] = lines(logs)
    prefix = acme.key.split("_")[1]
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "request_id": "mine",
        "tenant": "acme",
        "method": "GET",
        "path": "/api/v1/todos/",
        "status": 200,
        "bytes": len(answer.content),
        "actor": f"key:{prefix}",
    }


def test_a_person_is_named_by_id_and_nobody_is_nobody(acme: TestTenant) -> None:
    owner = signed_in(acme.host, acme.owner, acme.password)
    with captured() as logs:
        owner.get("/todos/")
        Client(headers={"Host": acme.host}).get("/todos/")
    member, nobody = lines(logs)
    assert member["actor"].startswith("user:")
    assert nobody["actor"] is None


def test_probes_and_static_files_are_told_quietly(acme: TestTenant) -> None:
    with captured() as logs:
        Client(headers={"Host": "localhost"}).get("/healthz")
        Client(headers={"Host": acme.host}).get("/static/app.css")
    assert [line["log_level"] for line in lines(logs)] == ["debug", "debug"]


def test_a_stream_has_no_length_and_a_failure_has_a_line_too(api: Api) -> None:
    with captured() as logs:
        api("GET", "events/stream/").close()
        api("GET", "nothing/")
    assert [(line["status"], line["bytes"] is None) for line in lines(logs)] == [(200, True), (404, False)]


def test_no_line_holds_what_people_send(api: Api, acme: TestTenant) -> None:
    secret = str(uuid4())
    with captured() as logs:
        api("POST", "todos/", {"name": secret})
        api("GET", f"todos/?q={secret}")
        signed_in(acme.host, acme.owner, acme.password)
    assert lines(logs)
    for private in (secret, acme.key, acme.owner, acme.password):
        assert private not in str(logs)


def test_what_is_logged_while_a_batch_is_shown_names_shard_and_tenant(
    api: Api, acme: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.drain()
    projector: Any = import_module("cqrs.projector.apply")  # the package has a function of that name

    shown = projector.show

    def telling(*args: Any, **options: Any) -> Any:
        _log.info("shown")
        return shown(*args, **options)

    monkeypatch.setattr(projector, "show", telling)
    api("POST", "todos/", {"name": "x"})
    with captured() as logs:
        api.drain()
    told = [line for line in logs if line["event"] == "shown" and line.get("tenant")]
    assert [(line["tenant"], line["shard"].startswith("shardId")) for line in told] == [("acme", True)]


def test_a_batch_of_several_tenants_names_none(api: Api, globex: TestTenant) -> None:
    ids = [each("POST", "todos/", {"name": "x"}).json()["id"] for each in (api, Api(globex))]
    facts = [fact for id in ids if (fact := store().read(id.replace("~", "#")))]
    clear_contextvars()
    with captured() as logs, showing(facts, shard="s"):
        _log.info("shown")
    assert logs == [{"event": "shown", "log_level": "info", "shard": "s"}]


def test_a_reaction_names_the_request_of_its_fact(api: Api) -> None:
    id = api("POST", "todos/", {"name": "x"}, x_request_id="mine").json()["id"]
    fact = store().read(id.replace("~", "#"))
    assert fact
    clear_contextvars()
    with captured() as logs:
        with reacting(fact, handler="todos.greet"):
            _log.info("hello")
        _log.info("after")
    assert logs == [
        {"event": "hello", "log_level": "info", "tenant": "acme", "request_id": "mine", "handler": "todos.greet"},
        {"event": "after", "log_level": "info"},
    ]
