"""Request ids, and the probes that answer before any tenant is asked for."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client


def ask(host: str, path: str, **headers: str) -> Any:
    return Client(headers={"Host": host} | headers).get(path)


@pytest.mark.parametrize("sent", ["a", "01J-abc_DEF.9", "x" * 128])
def test_a_well_formed_request_id_is_kept(acme: Any, sent: str) -> None:
    assert ask(acme.host, "/sign-in/", **{"X-Request-Id": sent})["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "a\nb", "ä", "a;b", "\x00"])
def test_any_other_is_replaced(acme: Any, sent: str) -> None:
    answered = ask(acme.host, "/sign-in/", **{"X-Request-Id": sent})["X-Request-Id"]
    assert answered != sent
    assert len(answered) == 32


@pytest.mark.parametrize(("host", "path"), [("nobody.localhost", "/"), ("acme.localhost", "/nothing/"), ("a b", "/")])
def test_failures_have_one_too(acme: Any, host: str, path: str) -> None:
    assert ask(host, path, **{"X-Request-Id": "mine"})["X-Request-Id"] == "mine"


def test_a_problem_names_it(acme: Any) -> None:
    assert ask(acme.host, "/api/v1/todos/", **{"X-Request-Id": "mine"}).json()["request_id"] == "mine"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "10.1.2.3"])
def test_healthz_answers_without_any_store(host: str) -> None:
    with patch.object(connection, "connect", side_effect=AssertionError("asked Postgres")):
        response = ask(host, "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_tenants_host_has_no_probes(acme: Any, path: str) -> None:
    assert ask(acme.host, path).status_code == 404
    assert ask("nobody.localhost", path).status_code == 404


def test_probes_are_read_only() -> None:
    assert Client(headers={"Host": "localhost"}).post("/healthz").status_code == 405
