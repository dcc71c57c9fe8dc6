"""Who is kept on https, who is led there, and what does not start."""

from typing import Any

import pytest
from django.core.management.base import SystemCheckError
from django.test import Client, RequestFactory

from config.celery import _fenced
from config.checks import refuse_to_start
from config.edge.proxies import parse_proxies
from config.edge.transport import HSTS_AGE, hsts_policy
from config.tests.edge.passed_on import ADA, ask
from conftest import TestTenant


def test_hsts_goes_by_the_host(acme: TestTenant, custom: str, settings: Any) -> None:
    assert not ask(acme.host, "/sign-in/", **ADA).has_header("Strict-Transport-Security")
    assert ask(custom, "/sign-in/", **ADA)["Strict-Transport-Security"] == f"max-age={HSTS_AGE}"
    assert not ask(custom, "/sign-in/").has_header("Strict-Transport-Security")
    assert not ask("nobody.example", "/", **ADA).has_header("Strict-Transport-Security")
    settings.PUBLIC_HOST = custom  # as if that were our own
    for host, path in ((custom, "/sign-in/"), (custom, "/api/v1/todos/"), (f"nobody.{custom}", "/"), (custom, "/none")):
        assert ask(host, path, **ADA)["Strict-Transport-Security"] == f"max-age={HSTS_AGE}; includeSubDomains"


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "localhost:8000", "127.0.0.1", "[::1]", "10.0.0.1:80", "a b"]
)
def test_a_local_host_and_an_address_have_none(host: str) -> None:
    assert hsts_policy(RequestFactory().get("/", headers={"Host": host})) == ""


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_http_is_redirected_with_its_method_where_the_address_is_https(
    acme: TestTenant, custom: str, settings: Any, method: str
) -> None:
    settings.PUBLIC_ADDRESS = "https://localhost:8443"
    for host in (acme.host, f"{acme.host}:8000", custom):
        answer = Client(headers={"Host": host}).generic(method, "/api/v1/todos/?a=b%20c")
        name = host.partition(":")[0]
        assert (answer.status_code, answer["Location"]) == (308, f"https://{name}:8443/api/v1/todos/?a=b%20c")
    assert ask(acme.host, "/sign-in/", **ADA).status_code == 200
    assert ask("nobody.localhost", "/").status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_not(settings: Any, tenants: Any, path: str) -> None:
    settings.PUBLIC_ADDRESS = "https://localhost"
    assert ask("localhost", path).status_code in (200, 503)
    assert ask("10.0.0.1:8000", path).status_code in (200, 503)


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://tenfold.example"])
def test_nothing_is_redirected_where_the_address_is_http(acme: TestTenant, settings: Any, address: str) -> None:
    settings.PUBLIC_ADDRESS = address
    assert ask(acme.host, "/sign-in/").status_code == 200


def test_an_https_address_without_proxies_does_not_start(settings: Any) -> None:
    refuse_to_start()
    settings.PUBLIC_ADDRESS = "https://tenfold.example"
    refuse_to_start()
    settings.PROXIES = parse_proxies("0")
    with pytest.raises(SystemCheckError, match="TENFOLD_PROXIES") as web:
        refuse_to_start()
    with pytest.raises(SystemExit) as worker:
        _fenced()
    assert str(web.value) == str(worker.value)
    settings.PUBLIC_ADDRESS = "http://tenfold.example"
    refuse_to_start()
