"""A store that is away: a clear 503, soon, and nothing half done."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from config.environment import ROOT
from config.tests.test_end_to_end import on_these_stores
from conftest import Api, TestTenant
from cqrs.dynamodb import requests
from cqrs.tests.proxy import Fate, meddling
from cqrs.tests.stand_in import StandIn, error, html, reached_at, standing_in, text

AWAY = {
    "expired": error("ExpiredTokenException"),
    "forbidden": error("AccessDeniedException"),
    "no table": error("ResourceNotFoundException"),
    "no such key": error("UnrecognizedClientException"),
    "unsigned": error("InvalidSignatureException", status=403),
    "kms": error("KMSAccessDeniedException"),
    "invalid": error("ValidationException"),
    "too large": error("ItemCollectionSizeLimitExceededException"),
    "html 403": html(403),
    "html 407": html(407),
}
UNKNOWN = {
    "html 200": html(200),
    "html 502": html(502),
    "empty 504": text(504, b""),
    "internal": error("InternalServerError", status=500),
    "unavailable": error("ServiceUnavailable", status=503),
    "lost": Fate(is_lost=True),
}
REQUESTS = {
    "create": ("POST", "todos/"),
    "change": ("PATCH", "todos/TODO-000001/"),
    "strong read": ("GET", "todos/TODO-000001/?consistent=true"),
    "history": ("GET", "todos/TODO-000001/history/"),
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 0.2)


@pytest.fixture(scope="module")
def between(tenants: object) -> Iterator[StandIn]:
    with standing_in(settings.DYNAMODB["endpoint"]) as found:
        yield found


@pytest.fixture
def stand_in(between: StandIn) -> Iterator[StandIn]:
    yield between
    between.answer()


def is_away(answer: object, code: str) -> bool:
    """Whether this is the 503 that says when to ask again."""
    said = (answer.status_code, answer["Content-Type"], answer["Retry-After"])  # type: ignore[attr-defined,index]
    body = answer.json()  # type: ignore[attr-defined]  # Django's test client has no type for it
    return said == (503, "application/problem+json", "1") and (body["code"], body["retryable"]) == (code, True)


@pytest.mark.parametrize("fate", AWAY.values(), ids=AWAY.keys())
@pytest.mark.parametrize(("method", "path"), REQUESTS.values(), ids=REQUESTS.keys())
def test_what_somebody_has_to_mend_is_a_503(api: Api, stand_in: StandIn, fate: Fate, method: str, path: str) -> None:
    stand_in.answer(then=fate)
    assert is_away(api(method, path, {"name": "x"} if method != "GET" else None, if_match="*"), "unavailable")


@pytest.mark.parametrize("fate", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_nobody_answered_is_unknown_and_the_same_key_finds_out(api: Api, stand_in: StandIn, fate: Fate) -> None:
    key, body = str(uuid4()), {"name": str(uuid4())}
    stand_in.answer(then=fate, to="TransactWriteItems")
    assert is_away(api("POST", "todos/", body, idempotency_key=key), "unknown")
    stand_in.answer()
    first = api("POST", "todos/", body, idempotency_key=key)
    again = api("POST", "todos/", body, idempotency_key=key)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    api.drain()
    assert [each["name"] for each in api("GET", f"todos/?q={body['name']}").json()["results"]] == [body["name"]]


@pytest.mark.parametrize("fate", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_read_that_nobody_answered_is_away(api: Api, stand_in: StandIn, fate: Fate) -> None:
    stand_in.answer(then=fate)
    assert is_away(api("GET", "todos/TODO-000001/?consistent=true"), "unavailable")


def test_a_page_of_what_is_away_is_a_503_too(acme: TestTenant, stand_in: StandIn) -> None:
    client = Client(raise_request_exception=False)
    token = client.get("/sign-in/", headers={"host": acme.host})
    assert token.status_code == 200
    client.post("/sign-in/", {"email": acme.owner, "password": acme.password}, headers={"host": acme.host})
    stand_in.answer(then=AWAY["expired"])
    page = client.get("/todos/TODO-000001/", headers={"host": acme.host})
    assert (page.status_code, page["Retry-After"]) == (503, "1")


def test_where_nobody_is_there_it_is_a_503_and_lists_are_still_read(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with reached_at(f"http://127.0.0.1:{port}"):
        for method, path in REQUESTS.values():
            answer = api(method, path, {"name": "x"} if method != "GET" else None, if_match="*")
            assert is_away(answer, "unavailable")
        assert api("GET", "todos/").status_code == 200


def test_a_command_line_says_what_to_do_and_ends_with_1(tenants: object) -> None:
    with meddling(settings.DYNAMODB["endpoint"] or "", lambda operation, body: AWAY["expired"]) as address:
        done = subprocess.run(
            [sys.executable, "manage.py", "create_tables"],
            cwd=ROOT,
            env=on_these_stores() | {"DYNAMODB_ENDPOINT": address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "unavailable: DynamoDB does not take these credentials: renew them"
    assert "Traceback" not in done.stderr
