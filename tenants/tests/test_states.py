"""What each state of a tenant lets through: reading, changing, nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conftest import Api, TestTenant
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.writer import Writer
from face.commands import writer
from face.refusals import TenantHeld, TenantSuspended
from tenants.keys import create_key
from tenants.lifecycle import hold, resume, suspend
from tenants.models import Tenant
from tenants.principal import Principal, Role
from tenants.provisioning import provision
from tenants.tests.browsers import browser, signed_in
from todos.domain import TODO

WHY: Any = {"by": "staff:1", "reason": "a test"}


@pytest.fixture(scope="module")
def made(tenants: Any) -> TestTenant:
    code, password = f"s{uuid4().hex[:20]}", "a long passphrase"
    owner = f"owner@{code}.example"
    tenant = provision(code, name="States", owner_email=owner, password=password)
    _, key = create_key(tenant, name="tests", scopes=["*"])
    return TestTenant(code, f"{code}.localhost", tenant.schema_name, owner, owner, password, key)


@pytest.fixture
def site(made: TestTenant) -> Iterator[TestTenant]:
    yield made
    tenant = tenant_of(made)
    tenant.state = Tenant.State.ACTIVE
    tenant.save()


def tenant_of(site: TestTenant) -> Tenant:
    found: Tenant = Tenant.objects.get(code=site.code)
    return found


def become(site: TestTenant, state: Tenant.State) -> None:
    tenant = tenant_of(site)
    tenant.state = state
    tenant.save()


def member(site: TestTenant) -> Client:
    return signed_in(site.host, site.owner, site.password)


def test_anonymous_is_asked_who_they_are_before_anything_else(site: TestTenant) -> None:
    suspend(tenant_of(site), **WHY)
    assert Api(site, key=None)("POST", "todos/", {"name": "Milk"}).status_code == 401
    assert browser(site.host).get("/todos/").status_code == 302


def test_another_tenant_changes_as_before(site: TestTenant, api: Api) -> None:
    suspend(tenant_of(site), **WHY)
    assert api("POST", "todos/", {"name": "Milk"}).status_code == 201


def test_a_suspended_tenant_is_read_and_not_changed_by_the_api(site: TestTenant) -> None:
    api = Api(site)
    made = api("POST", "todos/", {"name": "Milk"}).json()["code"]
    suspend(tenant_of(site), **WHY)
    asked = [
        api("POST", "todos/", {"name": "Oat milk"}),
        api("PATCH", f"todos/{made}/", {"name": "Oat milk"}, if_match="*"),
        api("POST", f"todos/{made}/complete/", None, if_match="*"),
        api("DELETE", f"todos/{made}/", None, if_match="*"),
        api("PATCH", "sequences/todo/", {"prefix": "A-"}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in asked} == {(403, "tenant_suspended")}
    assert api("GET", f"todos/{made}/").json()["version"] == 1
    resume(tenant_of(site), **WHY)
    assert api("PATCH", f"todos/{made}/", {"name": "Oat milk"}, if_match="*").status_code == 200


def test_a_suspended_tenants_pages_say_so_and_refuse_every_change(site: TestTenant) -> None:
    client = member(site)
    suspend(tenant_of(site), **WHY)
    page = client.get("/todos/")
    assert (page.status_code, "This workspace is suspended" in page.text) == (200, True)
    refused = client.post("/todos/new/", {"name": "Milk"})
    assert (refused.status_code, "This workspace is suspended" in refused.text) == (403, True)
    assert client.post("/sign-out/").status_code == 302
    assert member(site).get("/todos/").status_code == 200


@pytest.mark.parametrize(("change", "refused"), [(suspend, TenantSuspended), (hold, TenantHeld)])
def test_the_writer_itself_refuses(site: TestTenant, change: Any, refused: Any, rf: Any) -> None:
    owner = Principal.member(user_id=1, name="Ada", role=Role.OWNER, tenant=site.code)
    change(tenant_of(site), **WHY)
    with pytest.raises(refused):
        writer(rf.post("/"), owner, source="test")


def test_the_projector_goes_on(site: TestTenant) -> None:
    api = Api(site)
    suspend(tenant_of(site), **WHY)
    made = Writer(Log(store(), site.code), Origin(Actor("system:test"))).send(TODO.create(name="Late")).version
    api.drain()
    assert [each["code"] for each in api("GET", "todos/?q=Late").json()["results"]] == [made.code]


def test_a_held_tenant_is_used_by_nobody(site: TestTenant) -> None:
    client = member(site)
    hold(tenant_of(site), **WHY)
    answer, page = Api(site)("GET", "todos/"), client.get("/todos/")
    assert (answer.status_code, answer.json()["code"], page.status_code) == (503, "tenant_held", 503)
    assert answer["Retry-After"] == page["Retry-After"] == "60"


@pytest.mark.parametrize("state", ["ready", "provisioning", "deleting", "deleted"])
def test_the_other_states_lead_nowhere(site: TestTenant, state: str) -> None:
    client = member(site)
    become(site, Tenant.State(state))
    nowhere = browser("nobody.localhost")
    assert client.get("/todos/").status_code == 404
    assert client.get("/todos/").content == nowhere.get("/todos/").content
    answer = Api(site)("GET", "todos/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
