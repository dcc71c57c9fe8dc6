"""What stands where a page could not be shown, and the page each problem's type points to."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from config.problems import meanings
from config.views import server_error
from cqrs.domain import Busy, Unavailable


def ask(host: str, path: str) -> Any:
    return Client(headers={"Host": host}).get(path)


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(acme: Any) -> None:
    page, api = ask(acme.host, "/nothing/"), ask(acme.host, "/api/v1/nothing/")
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert (api.status_code, api["Content-Type"]) == (404, "application/problem+json")
    assert api.json() | {"request_id": "", "detail": ""} == {
        "type": f"http://{acme.host}/problems/not_found/",
        "title": "Not Found",
        "status": 404,
        "detail": "",
        "code": "not_found",
        "request_id": "",
        "retryable": False,
        "errors": [],
    }


@pytest.mark.parametrize("path", ["/api/v1/todos/", "/api/v1/nothing/"])
def test_the_type_of_a_problem_is_a_page_that_exists(acme: Any, path: str) -> None:
    assert ask(acme.host, urlsplit(ask(acme.host, path).json()["type"]).path).status_code == 200


def test_every_code_has_a_page_that_says_something(acme: Any) -> None:
    for code, (title, detail) in meanings().items():
        assert title, code
        assert detail, code
        assert detail in ask(acme.host, f"/problems/{code}/").context["detail"]


def test_a_code_that_does_not_exist_has_none(acme: Any) -> None:
    assert ask(acme.host, "/problems/no_such_code/").status_code == 404


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError, 503), (Unavailable, 503), (Busy, 503), (ZeroDivisionError, 500)]
)
@pytest.mark.parametrize("path", ["/api/v1/todos/", "/todos/"])
def test_a_store_that_is_away_is_a_503(path: str, error: type[Exception], status: int, acme: Any) -> None:
    request = RequestFactory().get(path)
    request.tenant = acme  # type: ignore[attr-defined]
    try:
        raise error
    except error:
        response = server_error(request)
    assert response.status_code == status
    assert response.has_header("Retry-After") == (status == 503)


def test_the_public_host_shows_the_landing_page_and_no_api(tenants: Any) -> None:
    assert ask("localhost", "/").status_code == 200
    assert ask("localhost", "/api/v1/todos/").status_code == 404
