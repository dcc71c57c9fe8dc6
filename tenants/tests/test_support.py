"""Staff come into a tenant for a reason and for a while, where its people see it and can end it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import TestTenant
from cqrs.domain import Actor, Refused
from face.models import AuditLine
from tenants import support
from tenants.handover import hand_over
from tenants.lifecycle import NobodysTenant, ReasonRequired
from tenants.models import PUBLIC, SupportAccess, Tenant, User
from tenants.principal import Principal, Role
from tenants.provisioning import add_member, provision
from tenants.requests import TenantRequest
from tenants.support import LASTS_MOST, NotForSupport, NotStaff, TooLong
from tenants.tests.browsers import browser, signed_in

TODOS, HOUR = "/api/v1/todos/", timedelta(hours=1)


@pytest.fixture(scope="module")
def site(tenants: Any) -> TestTenant:
    code, password = f"h{uuid4().hex[:20]}", "a long passphrase"
    owner, viewer = f"owner@{code}.example", f"viewer@{code}.example"
    tenant = provision(code, name="Helped", owner_email=owner, password=password)
    add_member(tenant, email=viewer, role=Role.VIEWER, password=password)
    return TestTenant(code, f"{code}.localhost", tenant.schema_name, owner, viewer, password, "")


@pytest.fixture(scope="module")
def staff(tenants: Any) -> User:
    return User.objects.create_user(f"{uuid4().hex[:12]}@tenfold.example", "a long passphrase", is_staff=True)


@pytest.fixture
def access(site: TestTenant, staff: User) -> Iterator[SupportAccess]:
    yield opened(site, staff)
    SupportAccess.objects.filter(tenant__code=site.code, ended_at=None).update(ended_at=timezone.now())


def tenant_of(site: TestTenant) -> Tenant:
    found: Tenant = Tenant.objects.get(code=site.code)
    return found


def opened(site: TestTenant, staff: User, role: Role = Role.ADMIN, **options: Any) -> SupportAccess:
    asked: dict[str, Any] = {"role": role, "reason": "ticket 4711", "lasts": HOUR} | options
    return support.open(tenant_of(site), staff, **asked)


def inside(site: TestTenant, staff: User) -> Client:
    """The member of staff's browser on the tenant's host, handed over from the public one."""
    client: Any = browser(site.host)
    request: Any = TenantRequest()
    request.META = {"SERVER_NAME": settings.PUBLIC_HOST, "SERVER_PORT": "80", "HTTP_HOST": settings.PUBLIC_HOST}
    client.get(hand_over(request, staff, to=tenant_of(site)))
    return client  # type: ignore[no-any-return]


def test_anonymous_sees_no_list_and_ends_nothing(site: TestTenant, access: SupportAccess) -> None:
    assert browser(site.host).get("/support/").status_code == 302
    browser(site.host).post(f"/support/{access.pk}/end/")
    assert SupportAccess.objects.get(pk=access.pk).ended_at is None


def test_another_tenants_owner_ends_nothing_here(site: TestTenant, acme: TestTenant, access: SupportAccess) -> None:
    owner = signed_in(acme.host, acme.owner, acme.password)
    assert owner.post(f"/support/{access.pk}/end/").status_code == 404
    assert "ticket 4711" not in owner.get("/support/").content.decode()


def test_staff_without_access_are_nobody(site: TestTenant, staff: User) -> None:
    client = inside(site, staff)
    assert client.get(TODOS).status_code == 401
    assert client.get("/todos/").status_code == 302


def test_staff_with_access_act_as_themselves_under_it(site: TestTenant, staff: User, access: SupportAccess) -> None:
    client = inside(site, staff)
    made = client.post(TODOS, {"name": "Helped"}, content_type="application/json", headers={"X-Request-Id": "help"})
    assert made.status_code == 201
    (line,) = client.get(f"{TODOS}{made.json()['code']}/history/").json()["results"]
    assert (line["by"], line["on_behalf_of"]) == (f"staff:{staff.pk}", f"support:{access.pk}")
    call_command("drain", verbosity=0)
    events = client.get("/api/v1/events/?limit=100").json()["results"]
    told = {each["data"]["by"]: each.get("onbehalfof") for each in events}
    assert told[f"staff:{staff.pk}"] == f"support:{access.pk}"
    assert {tag for by, tag in told.items() if not by.startswith("staff:")} <= {None}


def test_read_only_means_it(site: TestTenant, staff: User, access: SupportAccess) -> None:
    opened(site, staff, role=Role.VIEWER)
    client = inside(site, staff)
    assert client.get(TODOS).status_code == 200
    assert client.post(TODOS, {"name": "x"}, content_type="application/json").status_code == 403


def test_what_would_outlast_the_access_is_not_theirs_to_give(access: SupportAccess) -> None:
    found = support.principal_of(access)
    assert found.may("todos:write")
    assert found.may("settings:manage")
    assert not any(found.may(each) for each in ("api-keys:manage", "members:manage", "support:own", "members:own"))


def test_a_session_ends_with_its_access_and_the_next_does_not_revive_it(
    site: TestTenant, staff: User, access: SupportAccess
) -> None:
    client = inside(site, staff)
    assert client.get(TODOS).status_code == 200
    past = timezone.now() - timedelta(seconds=1)
    SupportAccess.objects.filter(pk=access.pk).update(opened_at=past - HOUR, expires_at=past)
    assert client.get(TODOS).status_code == 401
    opened(site, staff)
    assert client.get(TODOS).status_code == 401
    assert inside(site, staff).get(TODOS).status_code == 200


def test_an_owner_sees_it_and_ends_it_at_once(site: TestTenant, staff: User, access: SupportAccess) -> None:
    helper, owner = inside(site, staff), signed_in(site.host, site.owner, site.password)
    assert "ticket 4711" in owner.get("/todos/").content.decode()
    assert "Open" in owner.get("/support/").content.decode()
    assert owner.post(f"/support/{access.pk}/end/").status_code == 302
    assert helper.get(TODOS).status_code == 401
    assert "ticket 4711" not in owner.get("/todos/").content.decode()
    assert "ticket 4711" in owner.get("/support/").content.decode()


def test_a_viewer_sees_it_and_does_not_end_it(site: TestTenant, access: SupportAccess) -> None:
    viewer = signed_in(site.host, site.viewer, site.password)
    assert "ticket 4711" in viewer.get("/support/").content.decode()
    assert viewer.post(f"/support/{access.pk}/end/").status_code == 403


def test_opening_and_closing_stand_on_the_audit(site: TestTenant, staff: User, access: SupportAccess) -> None:
    assert support.close(access, by="staff:1")
    assert not support.close(access, by="staff:1")
    lines = AuditLine.objects.filter(tenant_code=site.code, subject=str(access)).order_by("id")
    assert [(line.action, line.reason, line.on_behalf_of) for line in lines] == [
        ("support.opened", "ticket 4711", str(access)),
        ("support.closed", "", str(access)),
    ]


def test_there_is_one_at_a_time_for_each_of_staff(site: TestTenant, staff: User, access: SupportAccess) -> None:
    opened(site, staff)
    assert SupportAccess.objects.get(pk=access.pk).ended_at is not None


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"reason": "  "}, ReasonRequired),
        ({"lasts": LASTS_MOST + timedelta(seconds=1)}, TooLong),
        ({"lasts": timedelta()}, TooLong),
        ({"role": Role.OWNER}, NotForSupport),
        ({"role": Role.MEMBER}, NotForSupport),
    ],
)
def test_what_is_too_much_is_refused(
    site: TestTenant, staff: User, options: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        opened(site, staff, **options)


def test_only_staff_come_in_and_only_to_somebodys_tenant(site: TestTenant, staff: User) -> None:
    with pytest.raises(NotStaff):
        opened(site, User.objects.get(email=site.viewer))
    with pytest.raises(NobodysTenant):
        support.open(Tenant.objects.get(code=PUBLIC), staff, role=Role.VIEWER, reason="x", lasts=HOUR)


def test_a_member_pays_nothing_for_it(site: TestTenant) -> None:
    client = signed_in(site.host, site.owner, site.password)
    with CaptureQueriesContext(connection) as asked:
        client.get(TODOS)
    assert not [each for each in asked if "supportaccess" in each["sql"]]


def test_members_act_for_nobody_else() -> None:
    found = Principal(Actor("user:1"), "Ada", Role.OWNER, "acme")
    assert found.on_behalf_of == ""
