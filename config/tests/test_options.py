"""`OPTIONS` tells the methods of a path, and nothing of what is behind it."""

from typing import Any

import pytest
from django.test import Client

from config.tests.isolation.endpoints import of_public, of_tenants
from conftest import Api, TestTenant


class Anything(dict[str, str]):
    """A value for each parameter."""

    def __missing__(self, name: str) -> str:
        return "1"


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


@pytest.mark.parametrize("is_public", [False, True])
def test_no_path_says_anything_but_that(acme: TestTenant, is_public: bool) -> None:
    client = Client(headers={"Host": "localhost" if is_public else acme.host})
    paths = [each.path(Anything()) for each in (of_public() if is_public else of_tenants())]
    answers: list[tuple[str, Any]] = [(path, client.options(path)) for path in paths]
    wrong = [
        path for path, each in answers if path.startswith("/api/") and (each.status_code, each.content) != (204, b"")
    ]
    wrong += [path for path, each in answers if each.status_code not in (204, 302, 403, 404, 405)]
    assert wrong == []


def test_a_path_that_is_not_there_is_a_404(api: Api) -> None:
    answer = api("OPTIONS", "nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
