"""The page that signs up: it works without JavaScript, says what is wrong where it is, and ends in the new tenant."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tenants.models import Tenant, User
from tenants.tests.browsers import browser

PASSWORD = "a long passphrase"
pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def visitor() -> Client:
    return browser(settings.PUBLIC_HOST)


def form(code: str, /, **fields: str) -> dict[str, str]:
    whose = {"owner_email": f"owner@{code}.example", "password": PASSWORD, "owner_name": "Olivia"}
    return {"name": "Umbrella", "code": code, "key": uuid4().hex} | whose | fields


def onward(page: str) -> str:
    found = re.search(r'http-equiv="refresh" content="2; url=([^"]+)"', page)
    assert found
    return unescape(found[1])


def followed(address: str) -> tuple[Client, Any]:
    host, _, path = address.removeprefix("http://").partition("/")
    client = browser(host)
    return client, client.get(f"/{path}")


def test_anonymous_ends_signed_in_on_their_own_host(code: str, visitor: Client) -> None:
    assert visitor.get("/sign-up/").status_code == 200
    page = visitor.post("/sign-up/", form(code))
    assert (page.status_code, "Umbrella is ready" in page.text) == (200, True)
    client, entered = followed(onward(page.text))
    assert entered.status_code == 302
    assert client.get("/todos/").status_code == 200


def test_another_tenants_host_has_no_such_page(acme: Any) -> None:
    assert browser(acme.host).get("/sign-up/").status_code == 404


def test_the_way_in_is_good_once(code: str, visitor: Client) -> None:
    address = onward(visitor.post("/sign-up/", form(code)).text)
    followed(address)
    client, _ = followed(address)
    assert client.get("/todos/").status_code == 302


def test_somebody_with_an_account_signs_in_there_as_always(code: str, visitor: Client) -> None:
    User.objects.create_user(f"owner@{code}.example", PASSWORD)
    page = visitor.post("/sign-up/", form(code))
    assert onward(page.text) == f"http://{code}.localhost/sign-in/"


def test_the_form_sent_twice_makes_one(code: str, visitor: Client) -> None:
    sent = form(code)
    assert [visitor.post("/sign-up/", sent).status_code for _ in range(2)] == [200, 200]
    assert Tenant.objects.filter(code=code).count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"code": "admin"}, "This code is reserved"),
        ({"code": "ac-me"}, "too easily taken for one that exists"),
        ({"password": "password12"}, "too common"),
        ({"owner_email": "nobody"}, "An e-mail address, please"),
        ({"name": ""}, "What is it called?"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(code: str, fields: Any, said: str, visitor: Client) -> None:
    page = visitor.post("/sign-up/", form(code, **fields))
    assert (page.status_code, said in page.text, "Olivia" in page.text) == (422, True, True)
    assert PASSWORD not in page.text


def test_an_address_that_asks_too_often_is_told_to_wait(code: str, visitor: Client, settings: Any) -> None:
    settings.SIGN_UPS = 1
    pages = [visitor.post("/sign-up/", form(code, code="admin")) for _ in range(2)]
    assert [page.status_code for page in pages] == [422, 429]
    assert (int(pages[1]["Retry-After"]) > 0, "That was often" in pages[1].text) == (True, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "Zürich & Söhne"}, "zurich-sohne.localhost"),
        ({"name": "Acme"}, "acme-2.localhost"),
        ({"name": "x", "code": "acme"}, "This code is taken"),
        ({"name": "", "code": ""}, "Left empty"),
    ],
)
def test_whether_an_address_is_free_is_said_while_it_is_typed(asked: Any, said: str, visitor: Client) -> None:
    answer = visitor.get("/sign-up/code/", asked)
    assert (said in answer.text, "<html" in answer.text) == (True, False)


def test_a_form_without_a_csrf_token_is_refused(code: str) -> None:
    client = browser(settings.PUBLIC_HOST, enforce_csrf_checks=True)
    assert client.post("/sign-up/", form(code)).status_code == 403
