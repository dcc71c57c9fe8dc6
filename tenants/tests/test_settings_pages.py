"""The pages under /settings/: anonymous first, another tenant second; plain forms, redirects and messages."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conftest import PASSWORD, TestTenant
from tenants.models import ApiKey, Invitation, Membership, Tenant, User
from tenants.tests.browsers import browser, in_session, program, signed_in
from tenants.tests.conftest import Joined

PAGES = ["/settings/account/", "/settings/members/", "/settings/api-keys/"]
FORMS = [
    "/settings/account/password/",
    "/settings/members/leave/",
    "/settings/members/user:1/role/",
    "/settings/members/user:1/remove/",
    "/settings/invitations/0123456789abcdef/resend/",
    "/settings/invitations/0123456789abcdef/revoke/",
    "/settings/api-keys/0123456789ab/rotate/",
    "/settings/api-keys/0123456789ab/revoke/",
]


def text(response: Any, *, status: int = 200) -> str:
    assert response.status_code == status, response.content
    return str(response.content.decode())


def owner_of(site: TestTenant) -> Client:
    return in_session(site.host, User.objects.get(email=site.owner))


@pytest.mark.parametrize("path", [*PAGES, *FORMS])
def test_anonymous_is_asked_to_sign_in(hooli: TestTenant, path: str) -> None:
    page = {"Referer": f"http://{hooli.host}/settings/account/"}
    asked = [browser(hooli.host).post(path, {"role": "owner"}, headers=page)]
    asked += [browser(hooli.host).get(path)] if path in PAGES else []
    for answer in asked:
        assert answer["Location"].startswith("/sign-in/?next=%2Fsettings%2F")


def test_another_tenants_people_invitations_and_keys_are_not_there(hooli: TestTenant, acme: TestTenant) -> None:
    theirs, mine = User.objects.get(email=acme.owner), owner_of(hooli)
    prefix = acme.key.split("_")[1]
    asked = Invitation.objects.create(
        tenant=Tenant.objects.get(code="acme"),
        email=f"{uuid4().hex}@acme.example",
        role="member",
        invited_by="user:1",
        expires_at="2099-01-01T00:00:00Z",
    )
    for path in (
        f"/settings/members/user:{theirs.pk}/remove/",
        f"/settings/invitations/{asked.id}/revoke/",
        f"/settings/invitations/{asked.id}/resend/",
        f"/settings/api-keys/{prefix}/revoke/",
        f"/settings/api-keys/{prefix}/rotate/",
    ):
        assert mine.post(path).status_code == 404
    assert mine.post(f"/settings/members/user:{theirs.pk}/role/", {"role": "viewer"}).status_code == 404
    for path in PAGES:
        shown = text(mine.get(path))
        assert not [each for each in (acme.owner, asked.email, prefix) if each in shown]


def test_a_session_of_another_tenant_is_nobody_here(hooli: TestTenant, acme: TestTenant) -> None:
    stranger = browser(hooli.host)
    stranger.cookies = owner_of(acme).cookies
    assert stranger.get("/settings/members/").status_code == 302


def test_an_owner_invites_and_takes_it_back(hooli: TestTenant) -> None:
    client, email = owner_of(hooli), f"{uuid4().hex[:8]}@page.example"
    client.post("/settings/members/", {"email": email, "role": "admin"})
    shown = text(client.get("/settings/members/"))
    assert f'<b class="clip">{email}</b>' in shown
    assert f"a mail to {email} is on its way" in shown
    id = Invitation.objects.get(email=email).id
    client.post(f"/settings/invitations/{id}/resend/")
    client.post(f"/settings/invitations/{id}/revoke/")
    assert f'<b class="clip">{email}</b>' not in text(client.get("/settings/members/"))
    assert "That person belongs to this workspace already" in text(
        client.post("/settings/members/", {"email": hooli.viewer, "role": "member"}), status=422
    )


def test_roles_are_given_and_members_removed(hooli: TestTenant, joined: Joined) -> None:
    client, person = owner_of(hooli), joined("member")
    client.post(f"/settings/members/user:{person.pk}/role/", {"role": "admin"})
    assert Membership.objects.get(user=person).role == "admin"
    client.post(f"/settings/members/user:{person.pk}/role/", {"role": "king"})
    assert Membership.objects.get(user=person).role == "admin"
    client.post(f"/settings/members/user:{person.pk}/remove/")
    assert not Membership.objects.filter(user=person).exists()


def test_who_does_not_manage_sees_no_button_and_is_refused(hooli: TestTenant, joined: Joined) -> None:
    client = in_session(hooli.host, joined("viewer"))
    shown = text(client.get("/settings/members/"))
    assert "Owners and admins invite people" in shown
    assert "/remove/" not in shown
    assert client.post("/settings/members/", {"email": "a@b.example", "role": "member"}).status_code == 403
    assert client.get("/settings/api-keys/").status_code == 403
    assert client.post("/settings/members/user:1/remove/").status_code == 403


def test_the_last_owner_is_told_why_they_stay(hooli: TestTenant) -> None:
    client = owner_of(hooli)
    assert "This is the last owner" in text(client.post("/settings/members/leave/", follow=True))
    assert Membership.objects.filter(user__email=hooli.owner).exists()


def test_a_member_leaves(hooli: TestTenant, joined: Joined) -> None:
    client = in_session(hooli.host, joined("member"))
    assert client.post("/settings/members/leave/")["Location"] == "/sign-in/"
    assert client.get("/todos/").status_code == 302


def test_a_key_is_shown_in_the_answer_to_its_form_and_nowhere_else(hooli: TestTenant) -> None:
    client = owner_of(hooli)
    once = re.search(r'name="once" value="(\w+)"', text(client.get("/settings/api-keys/")))
    assert once
    name = uuid4().hex
    form = {"name": name, "scopes": ["todos:read", "todos:write"], "ends": "30", "once": once[1]}
    found = re.search(r"tf_\w{12}_\w{48}", text(client.post("/settings/api-keys/", form)))
    assert found
    assert program(hooli.host, found[0]).get("/api/v1/todos/").status_code == 200
    assert found[0] not in text(client.get("/settings/api-keys/"))
    again = text(client.post("/settings/api-keys/", form), status=422)
    assert "is not shown twice" in again
    assert found[0] not in again
    assert ApiKey.objects.get(name=name).expires_at is not None


def test_a_key_is_rotated_and_revoked(hooli: TestTenant) -> None:
    client = owner_of(hooli)
    text(client.post("/settings/api-keys/", {"name": "to rotate", "scopes": ["todos:read"], "once": uuid4().hex}))
    old = ApiKey.objects.get(name="to rotate")
    shown = text(client.post(f"/settings/api-keys/{old.prefix}/rotate/", {"once": uuid4().hex}))
    found = re.search(r"tf_\w{12}_\w{48}", shown)
    assert found
    assert "Replaced" in shown
    client.post(f"/settings/api-keys/{found[0].split('_')[1]}/revoke/")
    assert program(hooli.host, found[0]).get("/api/v1/todos/").status_code == 401


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "scopes": ["*"]}, "A key needs a name"),
        ({"name": "x"}, "Choose what the key may do"),
        ({"name": "x", "scopes": ["nothing:read"]}, "There is no scope"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(hooli: TestTenant, form: dict[str, object], said: str) -> None:
    assert said in text(owner_of(hooli).post("/settings/api-keys/", form), status=422)


def test_ones_name_is_ones_own_to_change(hooli: TestTenant, joined: Joined) -> None:
    person = joined("viewer")
    client = in_session(hooli.host, person)
    client.post("/settings/account/", {"name": "Renamed"})
    assert User.objects.get(pk=person.pk).name == "Renamed"
    assert client.post("/settings/account/", {"name": ""}).status_code == 422


def test_a_changed_password_ends_every_other_session(hooli: TestTenant, joined: Joined) -> None:
    person = joined("viewer")
    here, there = in_session(hooli.host, person), in_session(hooli.host, person)
    form = {"old_password": PASSWORD, "new_password1": "another long one", "new_password2": "another long one"}
    assert here.post("/settings/account/password/", form | {"old_password": "x"}).status_code == 422
    assert here.post("/settings/account/password/", form | {"new_password2": "x"}).status_code == 422
    assert there.get("/todos/").status_code == 200
    assert here.post("/settings/account/password/", form).status_code == 302
    assert here.get("/todos/").status_code == 200
    assert there.get("/todos/").status_code == 302
    signed_in(hooli.host, person.email, "another long one")


def test_the_shell_lists_the_other_tenants_one_belongs_to(hooli: TestTenant, acme: TestTenant, joined: Joined) -> None:
    person = joined("viewer")
    assert "You belong to no other workspace" in text(in_session(hooli.host, person).get("/settings/account/"))
    Membership.objects.create(user=person, tenant=Tenant.objects.get(code="acme"), role="viewer")
    assert 'href="/switch/acme/"' in text(in_session(hooli.host, person).get("/settings/account/"))
