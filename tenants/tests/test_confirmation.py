"""Confirming addresses: anonymous first, another tenant second; a link is good once, looking at it does nothing, and an
address that nobody confirmed blocks nothing."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail as outgoing
from django.db import transaction
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, TestTenant
from face.models import AuditLine
from tenants import throttle
from tenants.confirmation import claims
from tenants.models import AddressClaim, SignUpTry, Tenant, User
from tenants.tasks import send_confirmation, send_unsent, tidy
from tenants.tests.browsers import browser, in_session
from tenants.tests.conftest import Joined
from tenants.tests.test_invitations import Away

ADDRESS, RESEND, KEEP = (f"/settings/account/address/{each}" for each in ("", "resend/", "keep/"))
BANNER = "Confirm your address: a link is in your mail."


def asked(site: TestTenant, user: User, email: str = "") -> None:
    """As signing up does."""
    with transaction.atomic():
        claims.ask(user, tenant=Tenant.objects.get(code=site.code), email=email)


def sent(user: User) -> list[Any]:
    """The mails about their address, sent now."""
    outgoing.outbox.clear()
    send_confirmation(user.pk)
    return list(outgoing.outbox)


def link(message: Any, *, host: str) -> str:
    """The path and query of a mail's link, which is on that host."""
    found = re.search(r"http://\S+", str(message.body))
    assert found
    parts = urlsplit(found[0])
    assert parts.hostname == host
    return f"{parts.path}?{parts.query}"


def confirms(site: TestTenant, path: str, client: Client | None = None) -> Any:
    return (client or browser(site.host)).post("/confirm/", {"token": path.partition("token=")[2]})


def now(user: User) -> tuple[str, bool]:
    """Their address, and whether it is confirmed."""
    found = User.objects.get(pk=user.pk)
    return found.email, found.confirmed_at is not None


@pytest.mark.parametrize("query", ["", "token=", "token=x", "token=é"])
def test_anonymous_confirms_nothing_without_a_link(hooli: TestTenant, query: str) -> None:
    assert browser(hooli.host).get(f"/confirm/?{query}").status_code == 410
    assert browser(hooli.host).post(f"/confirm/?{query}").status_code == 410
    for path in (ADDRESS, RESEND, KEEP):
        assert browser(hooli.host).post(path)["Location"].startswith("/sign-in/")


def test_on_another_tenants_host_a_link_is_good_for_nothing(
    hooli: TestTenant, acme: TestTenant, joined: Joined
) -> None:
    user = joined("member")
    asked(hooli, user)
    path = link(sent(user)[0], host=hooli.host)
    assert browser(acme.host).get(path).status_code == 410
    assert confirms(acme, path).status_code == 410
    assert now(user) == (user.email, False)


def test_looking_does_nothing_and_the_button_confirms_once(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    asked(hooli, user)
    client, [message] = in_session(hooli.host, user), sent(user)
    path = link(message, host=hooli.host)
    assert BANNER in client.get("/settings/account/").text
    assert message.to == [user.email]
    for _ in range(2):  # a mail scanner, then its owner
        assert user.email in browser(hooli.host).get(path).text
    assert now(user) == (user.email, False)
    assert confirms(hooli, path, client)["Location"] == "/"
    assert now(user) == (user.email, True)
    assert BANNER not in client.get("/settings/account/").text
    assert confirms(hooli, path).status_code == 410
    line = AuditLine.objects.get(tenant_code=hooli.code, by=f"user:{user.pk}", action="account.address_confirmed")
    assert (line.detail, user.email in str(vars(line))) == ({"changed": False}, False)


def test_a_link_ends_in_time_and_is_void_once_another_is_sent(
    hooli: TestTenant, joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = joined("member")
    asked(hooli, user)
    first = link(sent(user)[0], host=hooli.host)
    client = in_session(hooli.host, user)
    assert client.post(RESEND, {"next": "/todos/board/"})["Location"] == "/todos/board/"
    assert client.post(RESEND, {"next": "//evil.example/"})["Location"] == "/settings/account/"
    second = link(sent(user)[0], host=hooli.host)
    assert [browser(hooli.host).get(each).status_code for each in (first, second)] == [410, 200]
    assert not sent(user), "once is enough"
    AddressClaim.objects.filter(user=user).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert confirms(hooli, second).status_code == 410
    tidy()
    assert not AddressClaim.objects.filter(user=user).exists()
    monkeypatch.setattr(throttle, "PER_ACCOUNT", 3)
    assert [client.post(RESEND).status_code for _ in range(2)] == [302, 429]


def test_a_mail_server_that_is_away_loses_nothing(hooli: TestTenant, joined: Joined, settings: Any) -> None:
    user = joined("member")
    asked(hooli, user)
    mailers, settings.MAILERS = settings.MAILERS, {"default": {"BACKEND": f"{Away.__module__}.Away"}}
    assert not sent(user)
    settings.MAILERS = mailers
    AddressClaim.objects.filter(user=user).update(tried_at=timezone.now() - timedelta(minutes=2))
    outgoing.outbox.clear()
    send_unsent()
    assert [user.email] in [each.to for each in outgoing.outbox]


def test_whoever_signs_up_is_asked_and_may_use_all_at_once(tenants: object) -> None:
    SignUpTry.objects.all().delete()
    code = f"c{uuid4().hex[:20]}"
    order = {"name": "New", "code": code, "owner_email": f"ada@{code}.example", "password": PASSWORD}
    path = "/api/v1/tenants/provision/"
    assert browser(settings.PUBLIC_HOST).post(path, order, content_type="application/json").status_code == 201
    user = User.objects.get(email=order["owner_email"])
    client = in_session(f"{code}.localhost", user)
    made = client.post("/api/v1/todos/", {"name": "Milk"}, content_type="application/json")
    assert (made.status_code, BANNER in client.get("/todos/").text) == (201, True)
    [message] = sent(user)
    assert link(message, host=f"{code}.localhost")
    again = browser(settings.PUBLIC_HOST).post(path, order | {"code": f"{code}2"}, content_type="application/json")
    assert again.status_code == 201
    assert not sent(user), "they were asked, and are not asked for each tenant"


def changes(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(ADDRESS, {"email": email, "password": password})


def test_another_address_takes_its_place_once_it_is_confirmed_and_the_old_one_is_told(
    hooli: TestTenant, joined: Joined
) -> None:
    user, new = joined("member"), f"{uuid4().hex[:8]}@new.example"
    client = in_session(hooli.host, user)
    assert changes(client, new.upper())["Location"] == "/settings/account/"
    assert new in client.get("/settings/account/").text
    to_new, to_old = sent(user)
    assert (to_new.to, to_old.to) == ([new], [user.email])
    assert new not in to_old.body, "it may be a stranger's, mistyped"
    assert now(user) == (user.email, False)
    assert confirms(hooli, link(to_new, host=hooli.host))["Location"] == "/sign-in/"
    assert now(user) == (new, True)
    assert browser(hooli.host).post("/sign-in/", {"email": new, "password": PASSWORD}).status_code == 302
    lines = AuditLine.objects.filter(tenant_code=hooli.code, subject=f"user:{user.pk}").values()
    assert {line["action"] for line in lines} == {"account.address_asked", "account.address_confirmed"}
    assert new not in str(list(lines))


def test_a_change_is_refused_where_it_makes_no_sense_and_may_be_taken_back(hooli: TestTenant, joined: Joined) -> None:
    user, new = joined("member"), f"{uuid4().hex[:8]}@new.example"
    client = in_session(hooli.host, user)
    for answer, said in (
        (changes(client, "nobody"), "valid email"),
        (changes(client, user.email), "your address already"),
        (changes(client, new, "no"), "not your password"),
    ):
        assert (answer.status_code, said in answer.text) == (422, True)
    assert not AddressClaim.objects.filter(user=user).exists()
    changes(client, new)
    path = link(sent(user)[0], host=hooli.host)
    client.post(KEEP)
    assert browser(hooli.host).get(path).status_code == 410
    assert now(user) == (user.email, False)


def test_an_address_that_somebody_has_is_neither_told_nor_taken(hooli: TestTenant, joined: Joined) -> None:
    user, other, new = joined("member"), joined("member"), f"{uuid4().hex[:8]}@new.example"
    client = in_session(hooli.host, user)
    assert changes(client, other.email)["Location"] == "/settings/account/"
    assert not sent(user)
    assert other.email in client.get("/settings/account/").text, "shown as any other that is on its way"
    changes(client, new)
    path = link(sent(user)[0], host=hooli.host)
    User.objects.filter(pk=other.pk).update(email=new)
    assert confirms(hooli, path).status_code == 410
    assert now(user) == (user.email, False)


def test_staff_see_who_is_confirmed_and_what_they_type_is_not(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    claims.proved(user)
    staff = User.objects.create_superuser(f"{uuid4().hex[:8]}@tenfold.example")
    client, page = in_session(settings.PUBLIC_HOST, staff), f"/admin/tenants/user/{user.pk}/change/"
    assert client.get("/admin/tenants/user/?confirmed_at__isempty=0").text.count(user.email)
    assert user.email not in client.get("/admin/tenants/user/?confirmed_at__isempty=1").text
    form = {"email": f"typed-{user.email}", "name": "", "is_active": "on", "reason": "asked for it by phone"}
    assert client.post(page, form).status_code == 302
    assert now(user) == (f"typed-{user.email}", False)
