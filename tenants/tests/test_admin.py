"""The staff's side: anonymous and members stay out, keys' secrets are nowhere, tenants are not made by a form."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Api, TestTenant
from face.models import AuditLine
from tenants import support
from tenants.keys import create_key
from tenants.models import ApiKey, Tenant, User
from tenants.provisioning import provision
from tenants.tests.browsers import browser, signed_in

SENT = {"_form_submitted": "on"}
PAGES = ("apikey", "domain", "membership", "tenant", "user")


@pytest.fixture
def staff(acme: Any) -> Client:
    person = User.objects.filter(email="sam@tenfold.example").first()
    person = person or User.objects.create_superuser("sam@tenfold.example", acme.password)
    return signed_in(settings.PUBLIC_HOST, person.email, acme.password)


def test_anonymous_is_asked_to_sign_in(tenants: Any) -> None:
    for page in PAGES:
        response = browser(settings.PUBLIC_HOST).get(f"/admin/tenants/{page}/")
        assert (response.status_code, response["Location"].startswith("/admin/login/")) == (302, True)


def test_a_tenants_host_has_no_admin(acme: Any) -> None:
    client = signed_in(acme.host, acme.owner, acme.password)
    assert {client.get(f"/admin/tenants/{page}/").status_code for page in PAGES} == {404}


def test_every_page_opens(staff: Client) -> None:
    assert staff.get("/admin/").status_code == 200
    assert {staff.get(f"/admin/tenants/{page}/").status_code for page in PAGES} == {200}


def test_a_person_is_added_by_e_mail(staff: Client) -> None:
    User.objects.filter(email="new@tenfold.example").delete()
    form = {"email": "new@tenfold.example", "password1": "a long passphrase", "password2": "a long passphrase"}
    form |= {"reason": "joins the staff"}
    assert staff.post("/admin/tenants/user/add/", form | {"email": "New@tenfold.example"}).status_code == 200
    assert staff.post("/admin/tenants/user/add/", form).status_code == 302
    person = User.objects.get(email="new@tenfold.example")
    assert person.check_password("a long passphrase")
    line = AuditLine.objects.get(action="person.added", subject=f"user:{person.pk}")
    assert (line.reason, line.by.startswith("staff:")) == ("joins the staff", True)


def test_a_person_is_changed_for_a_reason_and_not_deleted(staff: Client) -> None:
    person = User.objects.create_user(f"{uuid4().hex}@tenfold.example")
    url = f"/admin/tenants/user/{person.pk}/"
    form = {"email": person.email, "name": "Nell", "is_active": "on"}
    assert staff.post(f"{url}change/", form).status_code == 200
    assert staff.post(f"{url}change/", form | {"reason": "misspelt"}).status_code == 302
    line = AuditLine.objects.get(action="person.changed", subject=f"user:{person.pk}")
    assert (line.reason, line.detail["changed"][0]["fields"]) == ("misspelt", ["Name", "reason"])
    assert staff.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_key_is_revoked_for_a_reason_that_the_audit_keeps(staff: Client, acme: Any) -> None:
    tenant = Tenant.objects.get(code=acme.code)
    key, text = create_key(tenant, name="lost", scopes={"todos:read"})
    staff.post(f"/admin/tenants/apikey/{key.pk}/revoke/", {"reason": "found in a public repository"} | SENT)
    assert Api(acme, key=text)("GET", "todos/").status_code == 401
    line = AuditLine.objects.get(action="api_key.revoked", subject=key.prefix)
    assert (line.tenant_code, line.reason) == (acme.code, "found in a public repository")


def test_a_key_can_be_looked_at_and_not_made_or_deleted(staff: Client, acme: Any) -> None:
    prefix, secret = acme.key.split("_")[1:]
    key = ApiKey.objects.get(prefix=prefix)
    page = staff.get(f"/admin/tenants/apikey/{key.pk}/change/")
    assert page.status_code == 200
    assert secret not in page.text
    assert staff.get("/admin/tenants/apikey/add/").status_code == 403
    assert staff.post(f"/admin/tenants/apikey/{key.pk}/delete/").status_code == 403


def test_a_tenant_is_not_made_or_deleted_by_a_form(staff: Client, acme: Any) -> None:
    tenant = User.objects.get(email=acme.owner).memberships.get().tenant
    assert staff.get("/admin/tenants/tenant/add/").status_code == 403
    assert staff.post(f"/admin/tenants/tenant/{tenant.pk}/delete/").status_code == 403


def test_the_list_tells_what_each_tenant_does_and_what_ails_it(staff: Client, api: Api, acme: TestTenant) -> None:
    api("POST", "todos/", {"name": "x"})
    api.drain()
    page = staff.get(f"/admin/tenants/tenant/?q={acme.code}")
    row = page.context["cl"].result_list[0]
    assert (row.code, row.people, row.facts > 0, row.parked, row.waits) == (acme.code, 2, True, 0, False)
    assert timezone.now() - row.last_at < timedelta(minutes=5)


def test_a_page_of_tenants_reads_their_journals_in_one_statement(
    staff: Client, acme: TestTenant, globex: TestTenant
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = staff.get("/admin/tenants/tenant/")
    assert {acme.code, globex.code} <= {each.code for each in page.context["cl"].result_list}
    assert len([each for each in asked if "journal ORDER BY position" in each["sql"]]) == 1


def test_a_tenants_page_shows_what_is_its_own_in_tabs(staff: Client, api: Api, acme: TestTenant) -> None:
    name = uuid4().hex
    Api(acme)("POST", "todos/", {"name": name})
    api.drain()
    tenant = Tenant.objects.get(code=acme.code)
    page = staff.get(f"/admin/tenants/tenant/{tenant.pk}/change/").text
    assert {acme.owner in page, acme.host in page, acme.key.split("_")[1] in page, name in page} == {True}
    assert "owner@globex.example" not in page


@pytest.fixture(scope="module")
def initrode(tenants: dict[str, TestTenant]) -> Tenant:
    """A tenant that no other test is about."""
    return provision(f"i{uuid4().hex[:8]}", name="Initrode", owner_email="olga@initrode.example")


def _press(staff: Client, tenant: Tenant, button: str, **given: object) -> Any:
    answer = staff.post(f"/admin/tenants/tenant/{tenant.pk}/{button}/", given | SENT)
    tenant.refresh_from_db()
    return answer


def test_a_tenant_is_suspended_held_and_resumed_for_reasons_that_the_audit_keeps(
    staff: Client, initrode: Tenant
) -> None:
    for button, state in (("suspend", "suspended"), ("hold", "held"), ("resume", "active")):
        _press(staff, initrode, button, reason="")
        assert initrode.state != state
        _press(staff, initrode, button, reason=f"to {button}")
        assert initrode.state == state
        line = AuditLine.objects.filter(tenant_code=initrode.code).first()
        assert line
        assert (line.reason, line.by.startswith("staff:")) == (f"to {button}", True)
    _press(staff, initrode, "resume", reason="again")
    assert initrode.state == "active"


def test_a_tenant_is_renamed_and_keeps_its_code(staff: Client, initrode: Tenant) -> None:
    code = initrode.code
    _press(staff, initrode, "rename", name="Initrode Global", reason="merged")
    assert (initrode.name, initrode.code) == ("Initrode Global", code)


def test_support_goes_in_by_a_link_that_is_good_once(staff: Client, initrode: Tenant) -> None:
    answer = _press(staff, initrode, "support", role="viewer", hours=1, reason="ticket 4711")
    host, _, path = answer["HX-Redirect"].removeprefix("http://").partition("/")
    client = Client(headers={"host": host})
    assert client.get(f"/{path}").status_code == 302
    assert client.get("/todos/").status_code == 200
    [access] = support.standing(initrode)
    assert access.reason == "ticket 4711"
    support.close(access, by="staff:1")
    assert client.get("/todos/").status_code == 302


def test_a_tenant_is_deleted_only_where_its_code_is_typed(staff: Client, initrode: Tenant) -> None:
    _press(staff, initrode, "delete_tenant", code="acme", reason="left")
    assert initrode.state == "active"
    _press(staff, initrode, "delete_tenant", code=initrode.code, reason="left")
    assert initrode.state == "deleting"
