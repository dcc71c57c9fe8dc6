"""Asking people in: anonymous first, another tenant second; each link is good once, and no mail server loses one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from conftest import Api, TestTenant
from face.models import AuditLine
from tenants import mail
from tenants.models import Invitation, Membership, User
from tenants.tasks import send_invitation, send_unsent
from tenants.tests.browsers import browser, in_session
from tenants.tests.conftest import Joined, say

PATHS = [
    ("GET", "invitations/"),
    ("POST", "invitations/"),
    ("GET", "invitations/0123456789abcdef/"),
    ("DELETE", "invitations/0123456789abcdef/"),
    ("POST", "invitations/0123456789abcdef/resend/"),
]
PASSWORD = "a long enough one"


class Away(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


@pytest.fixture
def email() -> Iterator[str]:
    """An address nobody was invited at yet."""
    address = f"{uuid4().hex[:8]}@new.example"
    yield address
    Membership.objects.filter(user__email=address).delete()


def invited(site: TestTenant, email: str, role: str = "member") -> Any:
    answer = Api(site)("POST", "invitations/", {"email": email, "role": role})
    assert answer.status_code == 201, answer.content
    return answer.json()


def link(id: str) -> str:
    """Send the mail; the path and query of its link."""
    outgoing.outbox.clear()
    send_invitation(id)
    [message] = outgoing.outbox
    found = re.search(r"http://\S+", str(message.body))
    assert found
    address = urlsplit(found[0])
    return f"{address.path}?{address.query}"


def join(site: TestTenant, path: str, **form: str) -> Any:
    """Accept by the page that the link leads to."""
    token = path.partition("token=")[2]
    client = browser(site.host)
    return client.post("/join/", {"token": token, "name": "New Person", "password": PASSWORD, **form})


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_is_asked_for_a_credential(hooli: TestTenant, method: str, path: str) -> None:
    assert Api(hooli, key=None)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_tenants_key_is_no_credential(hooli: TestTenant, acme: TestTenant, method: str, path: str) -> None:
    assert Api(hooli, key=acme.key)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "resend/")])
def test_another_tenants_invitation_is_as_missing_as_none(
    hooli: TestTenant, acme: TestTenant, email: str, method: str, path: str
) -> None:
    theirs = invited(hooli, email)["id"]
    asks = Api(acme)
    answers = [asks(method, f"invitations/{id}/{path}", x_request_id="same") for id in (theirs, "0" * 16, "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_another_tenants_link_opens_nothing(hooli: TestTenant, acme: TestTenant, email: str) -> None:
    path = link(invited(hooli, email)["id"])
    assert browser(acme.host).get(path).status_code == 410
    assert join(acme, path).status_code == 410


def test_an_invitation_goes_out_by_mail_and_is_accepted_once(hooli: TestTenant, email: str) -> None:
    made = invited(hooli, email.upper(), "admin")
    assert (made["email"], made["role"], made["state"]) == (email, "admin", "unsent")
    path = link(made["id"])
    [message] = outgoing.outbox
    assert (message.to, message.subject) == ([email], "Join Hooli on Tenfold")
    assert isinstance(message, EmailMultiAlternatives)
    assert path.partition("token=")[2] in str(message.alternatives[0][0])
    assert Api(hooli)("GET", f"invitations/{made['id']}/").json()["state"] == "sent"
    assert browser(hooli.host).get(path).status_code == 200

    answer = join(hooli, path)
    assert answer["Location"] == "/"
    assert answer.client.get("/api/v1/members/").status_code == 200
    user = User.objects.get(email=email)
    assert (user.name, user.memberships.get().role) == ("New Person", "admin")
    assert user.confirmed_at, "only their mailbox got the link"
    shown = Api(hooli)("GET", f"invitations/{made['id']}/").json()
    assert (shown["state"], shown["accepted_by"]) == ("accepted", f"user:{user.pk}")
    assert join(hooli, path).status_code == 410
    lines = AuditLine.objects.filter(tenant_code="hooli", subject=made["id"]).order_by("id")
    assert [line.action for line in lines] == ["member.invited", "invitation.accepted"]
    assert email not in str([line.detail for line in lines]), "an audit line cannot be erased"


def test_somebody_known_accepts_with_their_own_password(hooli: TestTenant, acme: TestTenant) -> None:
    path = link(invited(hooli, acme.viewer)["id"])
    page = browser(hooli.host).get(path).content.decode()
    assert "You have an account already" in page
    refused = join(hooli, path)
    assert refused.status_code == 422
    assert not Membership.objects.filter(user__email=acme.viewer, tenant__code="hooli").exists()
    assert join(hooli, path, password=acme.password).status_code == 302
    user = User.objects.get(email=acme.viewer)
    assert user.name != "New Person"
    user.memberships.filter(tenant__code="hooli").delete()


def test_a_weak_password_is_refused_and_the_link_stays_good(hooli: TestTenant, email: str) -> None:
    path = link(invited(hooli, email)["id"])
    assert join(hooli, path, password="short").status_code == 422
    assert not User.objects.filter(email=email).exists()
    assert join(hooli, path).status_code == 302


def test_sending_it_again_makes_the_older_link_void(hooli: TestTenant, email: str) -> None:
    id = invited(hooli, email)["id"]
    older = link(id)
    assert Api(hooli)("POST", f"invitations/{id}/resend/").json()["state"] == "unsent"
    assert browser(hooli.host).get(older).status_code == 410
    newer = link(id)
    assert browser(hooli.host).get(older).status_code == 410
    assert browser(hooli.host).get(newer).status_code == 200


def test_a_revoked_one_is_void_at_once_and_one_may_be_invited_anew(hooli: TestTenant, email: str) -> None:
    id = invited(hooli, email)["id"]
    path = link(id)
    assert Api(hooli)("DELETE", f"invitations/{id}/").status_code == 204
    assert browser(hooli.host).get(path).status_code == 410
    assert Api(hooli)("POST", f"invitations/{id}/resend/").json()["code"] == "invitation_over"
    assert Api(hooli)("DELETE", f"invitations/{id}/").status_code == 204
    assert invited(hooli, email)["id"] != id


def test_it_expires_and_one_may_be_invited_anew(hooli: TestTenant, email: str) -> None:
    made = invited(hooli, email)
    path = link(made["id"])
    Invitation.objects.filter(id=made["id"]).update(expires_at=timezone.now())
    assert browser(hooli.host).get(path).status_code == 410
    assert Api(hooli)("GET", f"invitations/{made['id']}/").json()["state"] == "expired"
    assert invited(hooli, email)["id"] != made["id"]


def test_a_mail_server_that_is_away_loses_nothing(
    hooli: TestTenant, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = invited(hooli, email)["id"]
    monkeypatch.setattr(EmailBackend, "send_messages", Away.send_messages)
    send_invitation(id)
    assert Api(hooli)("GET", f"invitations/{id}/").json()["state"] == "unsent"
    monkeypatch.undo()
    send_invitation(id)
    assert outgoing.outbox == [], "the next try is a minute later"
    Invitation.objects.filter(id=id).update(tried_at=timezone.now() - mail.AGAIN - timedelta(seconds=1))
    send_unsent()
    assert [email] in [message.to for message in outgoing.outbox]
    assert Api(hooli)("GET", f"invitations/{id}/").json()["state"] == "sent"


def test_it_is_sent_once_however_often_a_worker_is_told(hooli: TestTenant, email: str) -> None:
    id = invited(hooli, email)["id"]
    link(id)
    send_invitation(id)
    assert len(outgoing.outbox) == 1


def test_nobody_is_invited_twice_and_no_member_is(hooli: TestTenant, email: str) -> None:
    id = invited(hooli, email)["id"]
    again = Api(hooli)("POST", "invitations/", {"email": email, "role": "viewer"})
    assert (again.status_code, again.json()["code"], again.json()["id"]) == (422, "already_invited", id)
    member = Api(hooli)("POST", "invitations/", {"email": hooli.viewer, "role": "viewer"})
    assert (member.status_code, member.json()["code"]) == (422, "already_member")


def test_an_admin_invites_but_no_owner_and_others_do_not_invite(hooli: TestTenant, joined: Joined, email: str) -> None:
    asked = {"email": email, "role": "owner"}
    answers = {
        role: say(in_session(hooli.host, joined(role)), "POST", "invitations/", asked)
        for role in ("admin", "member", "viewer", "owner")
    }
    assert {role: answer.status_code for role, answer in answers.items()} == {
        "admin": 403,
        "member": 403,
        "viewer": 403,
        "owner": 201,
    }
    assert answers["admin"].json()["code"] == "only_owners"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 400, "/email"),
        ({"email": "x@new.example", "role": "king"}, 400, "/role"),
        ({"email": "x" * 300, "role": "member"}, 400, "/email"),
        ({"email": "nobody", "role": "member"}, 422, "/email"),
        ({"email": "a@b.example\nBcc: c@d.example", "role": "member"}, 422, "/email"),
        ({"email": "a\0@b.example", "role": "member"}, 422, "/email"),
    ],
)
def test_what_is_no_invitation_is_refused(
    hooli: TestTenant, body: dict[str, object], status: int, pointer: str
) -> None:
    answer = Api(hooli)("POST", "invitations/", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


@pytest.mark.parametrize("token", ["", "x", "\0", "é", "x" * 5000])
def test_what_is_no_link_is_over(hooli: TestTenant, token: str) -> None:
    assert browser(hooli.host).get("/join/", {"token": token}).status_code == 410
