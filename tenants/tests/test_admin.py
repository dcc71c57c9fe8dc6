"""The staff's side: anonymous and members stay out, keys' secrets are nowhere, tenants are not made by a form."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.models import ApiKey, User
from tenants.tests.browsers import browser, signed_in

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
    assert staff.post("/admin/tenants/user/add/", form | {"email": "New@tenfold.example"}).status_code == 200
    assert staff.post("/admin/tenants/user/add/", form).status_code == 302
    assert User.objects.get(email="new@tenfold.example").check_password("a long passphrase")


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
