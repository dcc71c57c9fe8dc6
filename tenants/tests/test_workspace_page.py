"""The page of the workspace: name and time zone are set, domains are named, proved, made primary and removed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tenants.models import Tenant
from tenants.principal import Role
from tenants.provisioning import add_member, provision
from tenants.tests.browsers import browser, signed_in
from tenants.tests.name_server import name_server

PASSWORD = "a long passphrase"
PAGE = "/settings/workspace/"


@pytest.fixture(scope="module")
def tenant(tenants: Any) -> Tenant:
    code = f"w{uuid4().hex[:20]}"
    made = provision(code, name="Before", owner_email=f"owner@{code}.example", password=PASSWORD)
    add_member(made, email=f"viewer@{code}.example", role=Role.VIEWER, password=PASSWORD)
    return made


@pytest.fixture
def owner(tenant: Tenant) -> Client:
    return signed_in(f"{tenant.code}.localhost", f"owner@{tenant.code}.example", PASSWORD)


def test_anonymous_is_asked_to_sign_in(tenant: Tenant) -> None:
    assert browser(f"{tenant.code}.localhost").get(PAGE).status_code == 302


def test_another_tenants_domain_is_not_there(owner: Client, acme: Any) -> None:
    for path in ("verify", "primary", "remove"):
        assert owner.post(f"/settings/domains/{acme.host}/{path}/").status_code == 404


def test_a_viewer_may_not(tenant: Tenant) -> None:
    client = signed_in(f"{tenant.code}.localhost", f"viewer@{tenant.code}.example", PASSWORD)
    assert client.get(PAGE).status_code == 403
    assert client.post("/settings/domains/", {"domain": "a.example"}).status_code == 403


def test_the_name_and_the_zone_are_set(owner: Client) -> None:
    page = owner.post(PAGE, {"name": "After", "time_zone": "Europe/Berlin"}, follow=True)
    assert ("After" in page.text, "<option selected>Europe/Berlin" in page.text) == (True, True)
    assert "There is no such time zone" in owner.post(PAGE, {"name": "X", "time_zone": "Mars"}, follow=True).text


def test_a_domain_is_proved_and_leads_here(owner: Client, tenant: Tenant, settings: Any) -> None:
    name, records = f"{uuid4().hex[:12]}.example", dict[str, str]()
    page = owner.post("/settings/domains/", {"domain": name}, follow=True)
    record = f"tenfold={tenant.domain_claims.get(domain=name).token}"
    assert record in page.text
    with name_server(records) as address:
        settings.RESOLVER = address
        refused = owner.post(f"/settings/domains/{name}/verify/", follow=True)
        assert "There is no such TXT record yet" in refused.text
        records[f"_tenfold.{name}"] = record
        page = owner.post(f"/settings/domains/{name}/verify/", follow=True)
    assert f"{name} leads here now" in page.text
    assert browser(name).get("/sign-in/").status_code == 200
    owner.post(f"/settings/domains/{name}/remove/")
    assert browser(name).get("/sign-in/").status_code == 404
