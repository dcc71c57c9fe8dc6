"""The second factor: anonymous first, another tenant second; a password alone opens nothing where there is one."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client, RequestFactory

from conftest import PASSWORD, TestTenant
from tenants import second_factor, throttle
from tenants.handover import hand_over
from tenants.models import Membership, Tenant, User
from tenants.tests.browsers import browser, in_session
from tenants.tests.conftest import Joined

PAGE = "/second-factor/"


def code_of(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD)))


def guarded(user: User) -> tuple[str, list[str]]:
    """Turn it on; the app's secret and the recovery codes."""
    secret = second_factor.new_secret()
    codes = second_factor.turn_on(user, secret=secret, code=code_of(secret))
    assert codes
    return secret, codes


def half_in(site: TestTenant, user: User) -> Client:
    """A browser that has shown the password only."""
    client = browser(site.host)
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "next": "/todos/board/"})
    assert answer["Location"] == "/sign-in/code/"
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/todos/").status_code == 200)


def test_anonymous_is_asked_for_a_password_first(hooli: TestTenant) -> None:
    assert browser(hooli.host).get("/sign-in/code/")["Location"] == "/sign-in/"
    assert browser(hooli.host).post("/sign-in/code/", {"code": "000000"})["Location"] == "/sign-in/"
    for host in (hooli.host, settings.PUBLIC_HOST):
        assert browser(host).get(PAGE)["Location"].startswith("/sign-in/")


def test_another_tenants_host_takes_no_code(hooli: TestTenant, acme: TestTenant, joined: Joined) -> None:
    user = joined("member")
    secret, _ = guarded(user)
    client = half_in(hooli, user)
    stranger = browser(acme.host)
    stranger.cookies = client.cookies
    assert stranger.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/sign-in/"


def test_the_password_alone_opens_nothing_and_a_code_does_once(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    secret, _ = guarded(user)
    client = half_in(hooli, user)
    assert not is_in(client)
    assert client.post("/sign-in/code/", {"code": "no"}).status_code == 422
    code = code_of(secret)
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/todos/board/"
    assert is_in(client)
    assert half_in(hooli, user).post("/sign-in/code/", {"code": code}).status_code == 422


def test_each_recovery_code_lets_in_once(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    _, codes = guarded(user)
    client = half_in(hooli, user)
    client.post("/sign-in/code/", {"code": codes[0]})
    assert is_in(client)
    assert second_factor.recovery_codes_left(user) == len(codes) - 1
    half_in(hooli, user).post("/sign-in/code/", {"code": codes[1]})
    assert half_in(hooli, user).post("/sign-in/code/", {"code": codes[0]}).status_code == 422


def test_codes_are_not_guessed(hooli: TestTenant, joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PER_ACCOUNT", 2)
    user = joined("member")
    secret, _ = guarded(user)
    client = half_in(hooli, user)
    assert [client.post("/sign-in/code/", {"code": "no"}).status_code for _ in range(3)] == [422, 422, 429]
    assert client.post("/sign-in/code/", {"code": code_of(secret)}).status_code == 429


def test_a_password_that_was_changed_meanwhile_begins_anew(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    secret, _ = guarded(user)
    client = half_in(hooli, user)
    user.set_password("something else, long")
    user.save()
    assert client.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/sign-in/"


def test_it_is_turned_on_by_the_page_and_off_with_the_password(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    client = in_session(hooli.host, user)
    page = client.get(PAGE).content.decode()
    found, signed = re.search(r'class="code breaks">(\w+)<', page), re.search(r'name="secret" value="([^"]+)"', page)
    assert found
    assert signed
    form = {"password": PASSWORD, "code": code_of(found[1]), "secret": signed[1]}
    assert client.post(PAGE, form | {"password": "no"}).status_code == 422
    assert client.post(PAGE, form | {"code": "no"}).status_code == 422
    assert not second_factor.is_asked(user)
    shown: Any = client.post(PAGE, form)
    assert "Your recovery codes" in shown.content.decode()
    assert second_factor.is_asked(user)
    assert client.post(PAGE, {"password": "no"}).status_code == 422
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 302
    assert not second_factor.is_asked(user)


def test_recovery_codes_are_renewed_with_the_password_and_the_older_ones_are_void(
    hooli: TestTenant, joined: Joined
) -> None:
    user = joined("member")
    _, older = guarded(user)
    client = in_session(hooli.host, user)
    assert client.post(PAGE, {"renew": "yes", "password": "no"}).status_code == 422
    page = client.post(PAGE, {"renew": "yes", "password": PASSWORD}).content.decode()
    newer = re.findall(r"<li>([^<]+)</li>", page)
    assert (len(newer), set(newer) & set(older), second_factor.is_asked(user)) == (len(older), set(), True)
    assert half_in(hooli, user).post("/sign-in/code/", {"code": older[0]}).status_code == 422
    assert half_in(hooli, user).post("/sign-in/code/", {"code": newer[0]}).status_code == 302


def test_secrets_are_ciphertext(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    secret, _ = guarded(user)
    assert secret not in str(list(Authenticator.objects.filter(user=user).values()))


def test_whoever_is_handed_over_has_shown_it_or_is_asked(hooli: TestTenant, acme: TestTenant, joined: Joined) -> None:
    user = joined("member")
    guarded(user)
    Membership.objects.create(user=user, tenant=Tenant.objects.get(code="acme"), role="viewer")
    request = RequestFactory().get("/", headers={"Host": hooli.host})
    for in_session_, asked in ((True, False), (False, True)):
        address = urlsplit(hand_over(request, user, to=Tenant.objects.get(code="acme"), in_session=in_session_))
        client = browser(acme.host)
        answer = client.get(f"{address.path}?{address.query}")
        assert (answer["Location"] == "/sign-in/code/") == asked
        assert is_in(client) != asked
