"""What a tenant is called, and its time zone: set by whoever manages it."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conftest import Api, TestTenant
from face.models import AuditLine
from tenants.keys import create_key
from tenants.principal import Role
from tenants.provisioning import add_member, provision
from tenants.tests.browsers import signed_in

PASSWORD = "a long passphrase"


@pytest.fixture(scope="module")
def site(tenants: Any) -> TestTenant:
    code = f"n{uuid4().hex[:20]}"
    owner, viewer = f"owner@{code}.example", f"viewer@{code}.example"
    tenant = provision(code, name="Before", owner_email=owner, password=PASSWORD)
    add_member(tenant, email=viewer, role=Role.VIEWER, password=PASSWORD)
    _, key = create_key(tenant, name="tests", scopes=["*"])
    return TestTenant(code, f"{code}.localhost", tenant.schema_name, owner, viewer, PASSWORD, key)


def patched(client: Client, body: dict[str, str]) -> int:
    return client.patch("/api/v1/settings/", body, content_type="application/json").status_code


def test_anonymous_is_asked_who_they_are(site: TestTenant) -> None:
    assert Api(site, key=None)("GET", "settings/").status_code == 401
    assert Api(site, key=None)("PATCH", "settings/", {"name": "X"}).status_code == 401


def test_another_tenants_key_is_good_for_nothing_here(site: TestTenant, acme: TestTenant) -> None:
    assert Api(site, key=acme.key)("PATCH", "settings/", {"name": "X"}).status_code == 401


def test_the_name_and_the_zone_are_set_and_the_code_stays(site: TestTenant) -> None:
    api = Api(site)
    answer = api("PATCH", "settings/", {"name": " After ", "time_zone": "Europe/Berlin"})
    assert (answer.status_code, answer.json()["name"], answer.json()["time_zone"]) == (200, "After", "Europe/Berlin")
    assert api("GET", "settings/").json() == answer.json()
    api("PATCH", "settings/", {"name": "After"})
    line = AuditLine.objects.get(tenant_code=site.code, action="tenant.set")
    assert line.detail["after"] == {"name": "After", "time_zone": "Europe/Berlin"}
    assert api("PATCH", "settings/", {"code": "other"}).status_code == 400


@pytest.mark.parametrize("body", [{"name": " "}, {"name": "a\nb"}, {"time_zone": "Mars/Olympus"}])
def test_what_is_none_is_refused(site: TestTenant, body: dict[str, str]) -> None:
    assert Api(site)("PATCH", "settings/", body).json()["code"] == "malformed"


def test_a_viewer_looks_only(site: TestTenant) -> None:
    client = signed_in(site.host, site.viewer, PASSWORD)
    assert client.get("/api/v1/settings/").status_code == 200
    assert patched(client, {"name": "X"}) == 403
