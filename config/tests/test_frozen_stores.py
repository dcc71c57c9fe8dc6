"""Stores that freeze: a request ends in its time, says that a store is away, and all goes on when they thaw."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from config.tests.freezer import Freezer
from config.tests.serving import Answer, Web, serving
from config.tests.test_end_to_end import on_these_stores, until
from conftest import TestTenant

MAX_SECONDS = 6.0
"""What nobody waits longer than: a request's five, and one to say so on a busy machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """A web process, and the stores before it that can be frozen."""

    web: Web
    postgres: Freezer
    dynamodb: Freezer
    tenant: TestTenant
    cookie: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"authorization": f"Bearer {self.tenant.key}"} | headers
        return self.web.request(method, path, body, host=self.tenant.host, **sent)

    def create(self, *, key: str = "", **headers: str) -> Answer:
        sent = {"idempotency_key": key} if key else {}
        return self.ask("POST", "/api/v1/todos/", {"name": "Milk"}, **sent, **headers)

    def post_form(self, path: str, fields: dict[str, str], *, csrf: str) -> Answer:
        sent = {"cookie": f"{self.cookie}; csrftoken={csrf}", "content_type": "application/x-www-form-urlencoded"}
        return self.web.request("POST", path, urlencode(fields), host=self.tenant.host, **sent)

    def is_well(self) -> bool:
        return self.create().status == 201 and self.ask("GET", "/api/v1/todos/").status == 200


@pytest.fixture(scope="module")
def place(tenants: dict[str, TestTenant]) -> Iterator[Place]:
    there, log = urlsplit(on_these_stores()["DATABASE_URL"]), urlsplit(str(settings.DYNAMODB["endpoint"]))
    with (
        Freezer(there.hostname or "", there.port or 0).serving() as postgres,
        Freezer(log.hostname or "", log.port or 0).serving() as dynamodb,
        serving(
            DATABASE_URL=there._replace(netloc=there.netloc.replace(f":{there.port}", f":{postgres.port}")).geturl(),
            DYNAMODB_ENDPOINT=f"http://127.0.0.1:{dynamodb.port}",
        ) as web,
    ):
        yield Place(web, postgres, dynamodb, tenants["acme"], _sign_in(tenants["acme"]))


@pytest.fixture(autouse=True)
def _well(place: Place) -> None:
    until(place.is_well)


def test_a_frozen_postgres_is_away_and_holds_nobody(place: Place) -> None:
    with place.postgres.frozen():
        answers = _ask_everything(place)
    assert {answer.status for answer in answers} == {503}
    _check(answers)
    until(place.is_well)


def test_a_frozen_log_is_away_for_who_needs_it(place: Place) -> None:
    with place.dynamodb.frozen():
        answers = _ask_everything(place)
    assert {answer.status for answer in answers} == {200, 503}, "lists and most pages come from Postgres"
    _check(answers)
    until(place.is_well)


def test_a_form_that_needs_the_frozen_log_is_shown_again_with_what_was_typed(place: Place) -> None:
    signed_in = Client(headers={"Host": place.tenant.host, "Cookie": place.cookie})
    csrf = signed_in.get("/surveys/").cookies["csrftoken"].value
    typed = {"title": "What tea do you like?", "csrfmiddlewaretoken": csrf}
    with place.dynamodb.frozen():
        answer = place.post_form("/surveys/new/", typed, csrf=csrf)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "What tea do you like?" in answer.body.decode()


def test_what_was_unknown_is_found_out_by_the_same_key(place: Place) -> None:
    key = str(uuid4())
    with place.dynamodb.frozen():
        lost = place.create(key=key)
    assert (lost.status, lost.json()["retryable"]) == (503, True)
    until(place.is_well)
    first, again = place.create(key=key), place.create(key=key)
    assert first.status == again.status == 201
    assert first.json()["id"] == again.json()["id"]


def test_a_command_that_happened_is_told_though_its_rows_cannot_be_waited_for(place: Place) -> None:
    sku = f"P-{uuid4().hex[:8]}"
    product = {"sku": sku, "name": "Tea", "price": {"amount": 100, "currency": "USD"}}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(place.ask, "POST", "/api/v1/products/", product, idempotency_key=sku, prefer="wait=5")
        until(lambda: place.ask("GET", f"/api/v1/products/{sku}/?consistent=true").status == 200)
        with place.postgres.frozen():  # no worker runs here: its rows are waited for
            answer = asked.result()
    assert answer.status == 201
    assert "Preference-Applied" not in answer.headers
    assert answer.seconds < MAX_SECONDS


def _sign_in(tenant: TestTenant) -> str:
    client = Client(headers={"Host": tenant.host})
    assert client.post("/sign-in/", {"email": tenant.owner, "password": tenant.password}).status_code == 302
    return f"sessionid={client.cookies['sessionid'].value}"


def _ask_everything(place: Place) -> list[Answer]:
    """Pages and API, reads and writes, more of them at once than there are connections in the pool."""
    pages = ["/", "/todos/", "/todos/TODO-000001/"]
    reads = ["/api/v1/todos/", "/api/v1/todos/TODO-000001/?consistent=true", "/api/v1/usage/"]
    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(place.ask, "GET", path) for path in reads for _ in range(4)]
        asked += [pool.submit(place.ask, "GET", path, cookie=place.cookie) for path in pages for _ in range(2)]
        asked += [pool.submit(place.create, key=str(uuid4())) for _ in range(10)]
        asked += [pool.submit(place.create, prefer="wait=5") for _ in range(4)]
        return [each.result() for each in asked]


def _check(answers: list[Answer]) -> None:
    assert max(answer.seconds for answer in answers) < MAX_SECONDS
    assert all(answer.headers.get("Retry-After") for answer in answers if answer.status == 503)
