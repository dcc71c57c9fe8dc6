"""Which pages may send forms: those of the same tenant, by https as by http."""

from typing import Any

import pytest
from django.test import Client

from config.edge.proxies import parse_proxies
from conftest import TestTenant
from tenants.models import User
from tenants.tests.browsers import in_session


def sent(host: str, scheme: str = "https", **headers: str) -> int:
    """The status of a form that is sent from a page whose token it holds."""
    client = Client(enforce_csrf_checks=True, headers={"Host": host, "X-Forwarded-Proto": scheme})
    page = client.get("/sign-in/")
    form = {"email": "x", "password": "x", "csrfmiddlewaretoken": page.context["csrf_token"]}
    return client.post("/sign-in/", form, headers=headers).status_code


UNDERSTOOD, FORBIDDEN = 422, 403


def test_a_page_of_the_same_host_may(acme: TestTenant, custom: str) -> None:
    for host in (acme.host, f"{acme.host}:8443", "localhost", custom, custom.upper()):
        assert sent(host, Origin=f"https://{host}") == UNDERSTOOD
        assert sent(host, Referer=f"https://{host}/sign-in/") == UNDERSTOOD
        assert sent(host, "http", Origin=f"http://{host}") == UNDERSTOOD
    assert sent(acme.host, "http") == UNDERSTOOD, "by http some browsers say nothing"


def test_so_may_one_of_another_host_of_the_same_tenant(acme: TestTenant, custom: str) -> None:
    assert sent(acme.host, Origin=f"https://{custom}") == UNDERSTOOD
    assert sent(custom, Referer=f"https://{acme.host}/") == UNDERSTOOD


def test_a_usual_port_may_be_named_or_left_out(acme: TestTenant, settings: Any) -> None:
    assert sent(f"{acme.host}:443", Origin=f"https://{acme.host}") == UNDERSTOOD
    assert sent(acme.host, Origin=f"https://{acme.host}:443") == UNDERSTOOD
    assert sent(acme.host, Origin=f"https://{acme.host}:8443") == FORBIDDEN
    settings.PUBLIC_ADDRESS = "https://localhost:8443"  # and the proxy leaves it out of Host
    assert sent(acme.host, Origin=f"https://{acme.host}:8443") == UNDERSTOOD
    assert sent(f"{acme.host}:9000", Origin=f"https://{acme.host}:8443") == FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://globex.localhost", "https://localhost", "http://acme.localhost", "null", "", "https://",
     "https://acme.localhost.evil.example", "https://acme.localhost@evil.example", "https://evil.example@acme.localhost",
     "https://acme.localhost:1", "https://acme.localhost:x", "https://[", "https://a\x00b", "acme.localhost", "file://",
     "https://acme.localhost, https://evil.example", "https://unproved.example", "//acme.localhost", "https://é.example"],
)  # fmt: skip
def test_nobody_else_may(acme: TestTenant, globex: TestTenant, origin: str) -> None:
    assert sent(acme.host, Origin=origin) == FORBIDDEN
    if origin:
        assert sent(acme.host, Referer=f"{origin}/page/") == FORBIDDEN


def test_by_https_a_page_must_say_where_it_is(acme: TestTenant) -> None:
    assert sent(acme.host) == FORBIDDEN


def test_a_scheme_that_nobody_believed_says_is_not_the_pages(acme: TestTenant, settings: Any) -> None:
    settings.PROXIES = parse_proxies("")
    assert sent(acme.host, Origin=f"https://{acme.host}") == FORBIDDEN
    assert sent(acme.host, Origin=f"http://{acme.host}") == UNDERSTOOD


@pytest.mark.parametrize(("origin", "status"), [("http://acme.localhost", 201), ("http://globex.localhost", 403)])
def test_the_api_asks_a_session_the_same(acme: TestTenant, origin: str, status: int) -> None:
    client = in_session(acme.host, User.objects.get(email=acme.owner))
    client.handler.enforce_csrf_checks = True
    page = client.get("/todos/")
    token = {"X-CSRFToken": str(page.context["csrf_token"]), "Origin": origin}
    answer = client.post("/api/v1/todos/", '{"name": "x"}', "application/json", headers=token)
    assert answer.status_code == status, answer.content
