"""A store that is away: a clear 503, soon, and nothing half done."""

import socket
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from conftest import Api
from cqrs.dynamodb import client as clients


@pytest.fixture
def _dynamodb_away(tenants: object, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """DynamoDB is at an address where nobody listens, and is given up early."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setattr(clients, "DECIDE_WITHIN", 0.2)
    settings.DYNAMODB = settings.DYNAMODB | {"endpoint": f"http://127.0.0.1:{port}"}
    clients.dynamodb.cache_clear()
    yield
    clients.dynamodb.cache_clear()


@pytest.mark.usefixtures("_dynamodb_away")
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "todos/"), ("PATCH", "todos/TODO-000001/"), ("GET", "todos/TODO-000001/?consistent=true")],
)
def test_without_dynamodb_it_is_a_503_that_says_when_to_ask_again(api: Api, method: str, path: str) -> None:
    answer = api(method, path, {"name": "x"} if method != "GET" else None, if_match="*")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"]
    assert (answer.json()["code"], answer.json()["retryable"]) == ("unknown", True)


@pytest.mark.usefixtures("_dynamodb_away")
def test_without_dynamodb_lists_are_still_read(api: Api) -> None:
    assert api("GET", "todos/").status_code == 200
