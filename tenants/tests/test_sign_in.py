"""Signing in: who gets in where, and that a session is good on one host only."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants import hosts
from tenants.models import User
from tenants.tests.browsers import browser, signed_in

TODOS = "/api/v1/todos/"
COOKIE = settings.SESSION_COOKIE_NAME


def owner(site: Any) -> tuple[str, str]:
    return site.owner, site.password


def test_anonymous_is_asked_to_sign_in(acme: Any) -> None:
    response = browser(acme.host).get("/todos/")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Ftodos%2F"
    assert browser(acme.host).get("/sign-in/").status_code == 200


def test_a_session_of_another_tenant_is_nobodys(acme: Any, globex: Any) -> None:
    cookie = signed_in(acme.host, *owner(acme)).cookies[COOKIE].value
    stranger = browser(globex.host)
    stranger.cookies[COOKIE] = cookie
    assert stranger.get(TODOS).status_code == 401
    assert stranger.get("/todos/").status_code == 302


def test_a_session_is_good_on_its_own_host(acme: Any) -> None:
    client = signed_in(acme.host, *owner(acme))
    assert client.get(TODOS).status_code == 200
    assert client.get("/sign-in/")["Location"] == "/"


def test_members_of_another_tenant_the_unknown_and_the_wrong_are_refused_alike(
    acme: Any, globex: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "REMEMBERED_FOR", 1e9)  # none of them is the one that looks the host up
    browser(acme.host).get("/sign-in/")
    tries = [owner(globex), ("nobody@acme.example", acme.password), (acme.owner, "wrong"), (globex.owner, "wrong")]
    answers, queries = [], []
    for email, password in tries:
        with CaptureQueriesContext(connection) as asked:
            answers.append(browser(acme.host).post("/sign-in/", {"email": email, "password": password}))
        queries.append(len(asked))
    assert {response.status_code for response in answers} == {422}
    refusals = {tuple(response.context["form"].non_field_errors()) for response in answers}
    assert refusals == {("That e-mail and password do not go together here.",)}
    assert len(set(queries)) == 1


def test_somebody_who_was_made_inactive_is_out_at_once(acme: Any) -> None:
    person = User.objects.create_user("gone@acme.example", acme.password)
    person.memberships.create(tenant_id=User.objects.get(email=acme.owner).memberships.get().tenant_id, role="member")
    client = signed_in(acme.host, person.email, acme.password)
    assert client.get(TODOS).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(TODOS).status_code == 401
    person.memberships.all().delete()


def test_somebody_whose_membership_ended_is_out_at_once(acme: Any) -> None:
    person = User.objects.create_user("left@acme.example", acme.password)
    person.memberships.create(tenant_id=User.objects.get(email=acme.owner).memberships.get().tenant_id, role="member")
    client = signed_in(acme.host, person.email, acme.password)
    person.memberships.all().delete()
    assert client.get(TODOS).status_code == 401


def test_signing_in_takes_a_new_session(acme: Any) -> None:
    client = browser(acme.host)
    client.cookies[COOKIE] = "0123456789abcdef0123456789abcdef"
    client.post("/sign-in/", {"email": acme.owner, "password": acme.password})
    first = client.cookies[COOKIE].value
    client.post("/sign-out/")
    client.post("/sign-in/", {"email": acme.owner, "password": acme.password})
    assert len({"0123456789abcdef0123456789abcdef", first, client.cookies[COOKIE].value}) == 3


def test_the_e_mail_may_be_typed_in_any_case(acme: Any) -> None:
    assert signed_in(acme.host, acme.owner.upper(), acme.password).get(TODOS).status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/todos/board/", "/todos/board/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_it_goes_on_to_a_path_of_this_host_only(acme: Any, asked: str, given: str) -> None:
    form = {"email": acme.owner, "password": acme.password, "next": asked}
    assert browser(acme.host).post("/sign-in/", form)["Location"] == given


def test_signing_out_takes_a_post(acme: Any) -> None:
    client = signed_in(acme.host, *owner(acme))
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get(TODOS).status_code == 401


def test_a_form_without_a_csrf_token_is_refused(acme: Any) -> None:
    client = browser(acme.host, enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"email": acme.owner, "password": acme.password})
    assert response.status_code == 403


def test_the_api_asks_a_session_for_its_csrf_token(acme: Any) -> None:
    cookie = signed_in(acme.host, *owner(acme)).cookies[COOKIE].value
    client = browser(acme.host, enforce_csrf_checks=True)
    client.cookies[COOKIE] = cookie
    assert client.get(TODOS).status_code == 200
    assert client.post(TODOS, {"name": "Milk"}, content_type="application/json").status_code == 403


def test_a_viewer_reads_but_may_not_write(acme: Any) -> None:
    client = signed_in(acme.host, acme.viewer, acme.password)
    assert client.get(TODOS).status_code == 200
    response = client.post(TODOS, {"name": "Milk"}, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


def test_only_staff_sign_in_on_the_public_host(acme: Any) -> None:
    User.objects.filter(email="staff@tenfold.example").delete()
    User.objects.create_superuser("staff@tenfold.example", acme.password)
    host = settings.PUBLIC_HOST
    assert browser(host).get("/admin/", follow=True).redirect_chain[-1][0] == "/sign-in/?next=%2Fadmin%2F"
    assert browser(host).post("/sign-in/", {"email": acme.owner, "password": acme.password}).status_code == 422
    staff = signed_in(host, "staff@tenfold.example", acme.password)
    assert staff.get("/admin/").status_code == 200
    assert staff.get("/admin/tenants/apikey/").status_code == 200


def test_staff_are_nobody_on_a_tenants_host(acme: Any) -> None:
    User.objects.filter(email="staff@tenfold.example").delete()
    User.objects.create_superuser("staff@tenfold.example", acme.password)
    form = {"email": "staff@tenfold.example", "password": acme.password}
    assert browser(acme.host).post("/sign-in/", form).status_code == 422
    assert browser(acme.host).get("/admin/").status_code == 404
