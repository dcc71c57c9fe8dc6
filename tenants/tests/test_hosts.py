"""Which tenant a host leads to, and that nothing else decides it."""

from typing import Any, cast

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from tenants import hosts
from tenants.hosts import tenant_of
from tenants.middleware import TenantMiddleware
from tenants.models import Domain, Tenant
from tenants.requests import TenantRequest
from tenants.tests.browsers import browser, program

TODOS = "/api/v1/todos/"


class Broken(Exception):
    """A view's defect."""


def asked(host: str) -> TenantRequest:
    return cast(TenantRequest, RequestFactory().get("/", headers={"Host": host}))


def schema() -> str:
    name: str = connection.schema_name  # type: ignore[attr-defined]
    return name


@pytest.mark.parametrize("host", ["nobody.localhost", "www.acme.localhost", "acme.localhost.evil.example", "acme"])
def test_an_unknown_host_is_404(acme: Any, host: str) -> None:
    page, api = browser(host).get("/"), program(host, acme.key).get(TODOS)
    assert (page.status_code, api.status_code) == (404, 404)
    assert page["Content-Type"].startswith("text/html")
    assert api["Content-Type"] == "application/problem+json"
    assert api.json()["code"] == "not_found"


@pytest.mark.parametrize("host", ["a b", "acme.localhost/..", "ac_me.localhost:x", "", "\x00"])
@pytest.mark.parametrize("path", ["/", TODOS])
def test_a_malformed_host_is_404(acme: Any, host: str, path: str) -> None:
    assert Client(raise_request_exception=False, headers={"Host": host}).get(path).status_code == 404


def test_forwarded_headers_are_not_heard(acme: Any, globex: Any) -> None:
    client = program(acme.host, globex.key)
    forged = {"X-Forwarded-Host": globex.host, "Forwarded": f"host={globex.host}", "X-Host": globex.host}
    assert client.get(TODOS, headers=forged).status_code == 401


@pytest.mark.parametrize("spelling", ["ACME.localhost", "acme.localhost:8000", "acme.localhost."])
def test_case_and_port_do_not_matter(acme: Any, spelling: str) -> None:
    assert program(spelling, acme.key).get(TODOS).status_code == 200


def test_a_host_costs_no_query_once_it_is_known(
    acme: Any, globex: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "REMEMBERED_FOR", 1e9)
    tenant_of(acme.host), tenant_of(globex.host)
    with django_assert_num_queries(0):
        assert [tenant_of(site.host).code for site in (acme, globex, acme)] == ["acme", "globex", "acme"]


def test_what_a_view_does_to_its_tenant_stays_with_it(acme: Any) -> None:
    tenant_of(acme.host).name = "Changed"
    assert tenant_of(acme.host).name != "Changed"


def test_a_new_host_leads_there_at_once_and_a_removed_one_no_more(acme: Any) -> None:
    assert browser("shop.example").get("/sign-in/").status_code == 404
    domain = Domain.objects.create(domain="shop.example", tenant=Tenant.objects.get(code="acme"), is_primary=False)
    assert browser("shop.example").get("/sign-in/").status_code == 200
    domain.delete()
    assert browser("shop.example").get("/sign-in/").status_code == 404


def test_a_request_runs_in_its_tenants_schema_and_zone(acme: Any) -> None:
    Tenant.objects.get(code="acme")
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((schema(), timezone.get_current_timezone_name()))
        return HttpResponse()

    TenantMiddleware(view)(asked(acme.host))
    assert seen == [(acme.schema, "UTC")]
    assert schema() == "public"


def test_the_schema_is_left_after_an_exception(acme: Any) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise Broken

    with pytest.raises(Broken):
        TenantMiddleware(view)(asked(acme.host))
    assert schema() == "public"


def test_another_tenants_request_after_an_exception_sees_its_own(acme: Any, globex: Any) -> None:
    test_the_schema_is_left_after_an_exception(acme)
    assert program(globex.host, globex.key).get(TODOS).status_code == 200
