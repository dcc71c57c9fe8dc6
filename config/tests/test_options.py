"""`OPTIONS` tells the methods of a path, and nothing of what is behind it."""

from typing import Any

import pytest
from django.test import Client

from config.tests.isolation.endpoints import ENDPOINTS
from conftest import Api, TestTenant


def ask(host: str, path: str, **headers: str) -> Any:
    return Client(headers={"Host": host} | headers).options(path)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("todos/", "GET, HEAD, OPTIONS, POST"),
        ("todos/TODO-000001/", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("todos/TODO-000001/complete/", "OPTIONS, POST"),
        ("orders/x/status/", "OPTIONS, PATCH"),
        ("events/stream/", "GET, HEAD, OPTIONS"),
    ],
)
def test_it_is_a_204_with_the_methods_whoever_asks(acme: TestTenant, path: str, methods: str) -> None:
    for key in (acme.key, None, "tf_nobody_s"):
        answer = Api(acme, key=key)("OPTIONS", path)
        assert (answer.status_code, answer.content, answer["Allow"]) == (204, b"", methods)


def test_no_path_says_anything_internal(acme: TestTenant) -> None:
    for endpoint in ENDPOINTS:
        host = "localhost" if endpoint.is_public else acme.host
        answer = ask(host, endpoint.sample())
        assert answer.status_code in (204, 302, 403, 404, 405)
