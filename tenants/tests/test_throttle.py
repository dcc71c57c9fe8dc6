"""How often one may try to sign in, and what becomes of a forgotten password: anonymous, then another tenant first."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail as outgoing
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, TestTenant
from tenants import throttle
from tenants.models import SignInTry, User
from tenants.tasks import send_reset
from tenants.tests.browsers import browser, in_session
from tenants.tests.conftest import Joined

OTHER = "another long enough one"


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where nobody tried yet; with limits that are reached in less than a minute of hashing."""
    monkeypatch.setattr(throttle, "PER_ACCOUNT", 2)
    monkeypatch.setattr(throttle, "PER_ADDRESS", 4)
    return f"10.{uuid4().hex[:8]}"


def tries(site: TestTenant, email: str, password: str, *, address: str) -> Any:
    client = Client(headers={"Host": site.host}, REMOTE_ADDR=address)
    return client.post("/sign-in/", {"email": email, "password": password})


def link(site: Any, user: User) -> str:
    """The path and query that the mail leads to."""
    outgoing.outbox.clear()
    assert browser(site.host).post("/forgot/", {"email": user.email}).status_code == 200
    send_reset(user.pk)
    send_reset(user.pk)  # a message that comes twice
    [message] = outgoing.outbox
    assert message.to == [user.email]
    found = re.search(r"http://\S+", str(message.body))
    assert found
    parts = urlsplit(found[0])
    assert parts.hostname == site.host
    return f"{parts.path}?{parts.query}"


def sets(site: Any, path: str, password: str = OTHER) -> Any:
    form = dict(each.split("=") for each in path.partition("?")[2].split("&"))
    return browser(site.host).post("/reset/", form | {"new_password1": password, "new_password2": password})


@pytest.mark.parametrize("query", ["", "who=&token=", "who=MQ&token=x", "who=é&token=é", "who=LTE&token=x"])
def test_anonymous_resets_nothing_without_a_link(hooli: TestTenant, query: str) -> None:
    assert browser(hooli.host).get(f"/reset/?{query}").status_code == 410
    assert browser(settings.PUBLIC_HOST).get(f"/reset/?{query}").status_code == 410


def test_another_tenants_people_and_nobody_are_answered_alike(hooli: TestTenant, acme: TestTenant) -> None:
    asked = [hooli.viewer, acme.viewer, f"{uuid4().hex}@nobody.example"]
    answers = [browser(hooli.host).post("/forgot/", {"email": each}) for each in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({re.sub(rb"csrf\w+\W+value=\"\w+", b"", answer.content) for answer in answers}) == 1


def test_too_many_failures_are_a_429_that_says_how_long(hooli: TestTenant, address: str) -> None:
    assert [tries(hooli, hooli.viewer, "no", address=address).status_code for _ in range(3)] == [422, 422, 429]
    answer = tries(hooli, hooli.viewer, hooli.password, address=address)
    assert answer.status_code == 429, "the right password, too: nobody learns that it is"
    assert 0 < int(answer["Retry-After"]) <= throttle.WITHIN.total_seconds()
    assert "Too many tries" in answer.content.decode()


def test_nobody_is_locked_out_by_tries_from_elsewhere(hooli: TestTenant, address: str) -> None:
    for _ in range(3):
        tries(hooli, hooli.viewer, "no", address=address)
    assert tries(hooli, hooli.viewer, hooli.password, address=f"{address}0").status_code == 302


def test_one_address_tries_many_accounts_no_longer(hooli: TestTenant, address: str) -> None:
    statuses = [tries(hooli, f"{n}@nobody.example", "no", address=address).status_code for n in range(5)]
    assert statuses == [422, 422, 422, 422, 429]


def test_success_forgives_and_time_heals(hooli: TestTenant, address: str) -> None:
    tries(hooli, hooli.viewer, "no", address=address)
    assert tries(hooli, hooli.viewer, hooli.password, address=address).status_code == 302
    assert not SignInTry.objects.filter(address=address).exists()
    SignInTry.objects.bulk_create(SignInTry(account=throttle._digest("a"), address=address) for _ in range(9))
    SignInTry.objects.filter(address=address).update(at=timezone.now() - throttle.WITHIN - timedelta(seconds=1))
    assert tries(hooli, hooli.viewer, hooli.password, address=address).status_code == 302
    throttle.forget_tries()
    assert not SignInTry.objects.filter(address=address).exists()


def test_what_is_stored_of_a_try_names_nobody(hooli: TestTenant, address: str) -> None:
    tries(hooli, "typed@here.example", "no", address=address)
    assert "typed" not in str(list(SignInTry.objects.filter(address=address).values()))


def test_a_forgotten_password_is_set_by_the_link_once_and_ends_every_session(hooli: TestTenant, joined: Joined) -> None:
    person = joined("member")
    elsewhere = in_session(hooli.host, person)
    path = link(hooli, person)
    assert browser(hooli.host).get(path).status_code == 200
    assert sets(hooli, path, "short").status_code == 422
    assert sets(hooli, path)["Location"] == "/sign-in/"
    assert elsewhere.get("/todos/").status_code == 302
    assert sets(hooli, path).status_code == 410
    person.refresh_from_db()
    assert person.check_password(OTHER)
    assert person.confirmed_at, "only their mailbox got the link"


def test_a_link_ends_with_the_next_sign_in(hooli: TestTenant, joined: Joined) -> None:
    person = joined("member")
    path = link(hooli, person)
    assert tries(hooli, person.email, PASSWORD, address="10.0.0.1").status_code == 302
    assert browser(hooli.host).get(path).status_code == 410


def test_asking_for_mails_is_throttled_too(hooli: TestTenant, address: str) -> None:
    client = Client(headers={"Host": hooli.host}, REMOTE_ADDR=address)
    statuses = [client.post("/forgot/", {"email": "a@nobody.example"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.post("/forgot/", {"email": "nobody"}).status_code == 422
