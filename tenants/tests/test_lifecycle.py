"""A tenant's life after it was made: each step has a reason and a line, and asked twice is done once."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from conftest import Api, TestTenant
from cqrs.dynamodb.erasure import erase
from cqrs.dynamodb.store import store
from cqrs.jobs.models import Job
from cqrs.projector import schema_of
from cqrs.steps import CodeTaken
from cqrs.stream.models import JournalHead
from face.models import AuditLine
from tenants import deletion
from tenants.keys import create_key
from tenants.lifecycle import NobodysTenant, ReasonRequired, WrongState, change, delete, rename, resume, suspend
from tenants.models import PUBLIC, SYSTEM, Domain, Membership, Tenant, User
from tenants.provisioning import create_system, provision
from tenants.tests.browsers import browser, signed_in

WHY: Any = {"by": "staff:1", "reason": "a test"}
PASSWORD = "a long passphrase"


@pytest.fixture
def site(tenants: Any) -> TestTenant:
    code = f"l{uuid4().hex[:20]}"
    owner = f"owner@{code}.example"
    tenant = provision(code, name="Life", owner_email=owner, password=PASSWORD)
    _, key = create_key(tenant, name="tests", scopes=["*"])
    return TestTenant(code, f"{code}.localhost", tenant.schema_name, owner, owner, PASSWORD, key)


def tenant_of(site: TestTenant) -> Tenant:
    found: Tenant = Tenant.objects.get(code=site.code)
    return found


def lines(site: TestTenant) -> list[str]:
    return list(AuditLine.objects.filter(tenant_code=site.code).order_by("id").values_list("action", flat=True))


def has_schema(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", [name])
        return cursor.fetchone() is not None


def test_each_step_leaves_one_line_however_often_it_is_asked(site: TestTenant) -> None:
    tenant = tenant_of(site)
    for step in (suspend, suspend, resume, resume):
        step(tenant, **WHY)
    rename(tenant, name="Other", by="user:1")
    rename(tenant, name="Other", by="user:1")
    assert lines(site) == ["tenant.provisioned", "tenant.suspended", "tenant.resumed", "tenant.set"]
    line = AuditLine.objects.get(tenant_code=site.code, action="tenant.suspended")
    assert (line.by, line.reason, line.detail) == ("staff:1", "a test", {"before": "active"})


def test_a_step_without_a_reason_is_refused(site: TestTenant) -> None:
    for step in (suspend, resume, delete):
        with pytest.raises(ReasonRequired):
            step(tenant_of(site), by="staff:1", reason=" ")


def test_the_systems_own_tenants_stay_as_they_are(site: TestTenant) -> None:
    create_system()
    for code in (PUBLIC, SYSTEM):
        with pytest.raises(NobodysTenant):
            suspend(Tenant.objects.get(code=code), **WHY)


def test_the_code_stays_when_the_name_changes(site: TestTenant) -> None:
    rename(tenant_of(site), name="Other", by="user:1")
    assert (tenant_of(site).code, tenant_of(site).name) == (site.code, "Other")
    with pytest.raises(ValidationError):
        change(tenant_of(site), {"time_zone": "Mars/Olympus"}, by="user:1")


def test_a_deleted_tenant_is_gone_at_once_for_everybody(site: TestTenant) -> None:
    client = signed_in(site.host, site.owner, PASSWORD)
    delete(tenant_of(site), **WHY)
    assert (client.get("/todos/").status_code, Api(site)("GET", "todos/").status_code) == (404, 404)
    assert not Domain.objects.filter(tenant__code=site.code).exists()
    assert not Membership.objects.filter(tenant__code=site.code).exists()
    assert User.objects.filter(email=site.owner).exists()
    for step in (suspend, resume):
        with pytest.raises(WrongState):
            step(tenant_of(site), **WHY)


def test_nothing_of_it_is_left_but_its_code_and_the_audit(site: TestTenant) -> None:
    api = Api(site)
    made = api("POST", "todos/", {"name": "Milk"}, idempotency_key=uuid4().hex).json()
    api.drain()
    delete(tenant_of(site), **WHY)
    assert site.code in deletion.unended()
    assert deletion.end(site.code, drained_after=0.0) >= 3  # a fact, a receipt, a number
    assert tenant_of(site).state == Tenant.State.DELETED
    assert not has_schema(site.schema)
    assert store().read(f"TODO#{site.code}#{made['id']}") is None
    assert erase(site.code) == 0
    assert not JournalHead.objects.filter(tenant_code=site.code).exists()
    assert Job.objects.get(tenant_code=site.code).state == Job.State.DONE
    assert lines(site) == ["tenant.provisioned", "tenant.deleted"]


def test_ending_it_again_does_nothing(site: TestTenant) -> None:
    delete(tenant_of(site), **WHY)
    deletion.end(site.code, drained_after=0.0)
    assert deletion.end(site.code, drained_after=0.0) == 0
    assert delete(tenant_of(site), **WHY).state == Tenant.State.DELETED


def test_what_was_broken_off_is_gone_on_with(site: TestTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: str) -> None:
        raise ConnectionError

    delete(tenant_of(site), **WHY)
    with monkeypatch.context() as patched:
        patched.setattr(deletion, "_drop", broken)
        with pytest.raises(ConnectionError):
            deletion.end(site.code, drained_after=0.0)
    assert tenant_of(site).state == Tenant.State.DELETING
    deletion.end(site.code, drained_after=0.0)
    assert tenant_of(site).state == Tenant.State.DELETED


def test_its_code_is_never_used_again(site: TestTenant) -> None:
    delete(tenant_of(site), **WHY)
    deletion.end(site.code, drained_after=0.0)
    with pytest.raises(CodeTaken):
        provision(site.code, name="Again", owner_email=site.owner)
    assert browser(site.host).get("/sign-in/").status_code == 404


def test_others_keep_everything(site: TestTenant, api: Api, acme: TestTenant) -> None:
    made = api("POST", "todos/", {"name": "Milk"}).json()
    delete(tenant_of(site), **WHY)
    deletion.end(site.code, drained_after=0.0)
    assert api("GET", f"todos/{made['code']}/?consistent=true").status_code == 200
    assert schema_of(acme.code) == acme.schema
