"""The pages of webhooks: anonymous first, another tenant second; then what is made, shown once, pressed and seen."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django_tenants.utils import schema_context

from conftest import Api, TestTenant
from tenants.models import Tenant, User
from tenants.tests.browsers import browser, in_session
from webhooks.deliver import work
from webhooks.models import Delivery, Endpoint
from webhooks.tests.receiver import Receiver, receiving

PAGE = "/settings/webhooks/"
BUTTONS = ("edit", "rotate", "switch", "test", "replay", "remove", "deliveries/1/resend")


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOCAL = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def owner(acme: TestTenant) -> Client:
    return in_session(acme.host, User.objects.get(email=acme.owner))


def sent(client: Client, path: str, form: dict[str, Any] | None = None, *, status: int = 302) -> str:
    answer = client.post(PAGE + path, form or {})
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def made(client: Client, url: str, *events: str) -> tuple[str, str]:
    """Its id, and what the page said. What other tests have written is in the journal before it."""
    call_command("drain", verbosity=0)
    form = {"url": url, "events": list(events) or ["todo.*"], "once": uuid4().hex}
    text = sent(client, "", form, status=200)
    return Endpoint.objects.latest("created_at").pk, text


def shown(client: Client, path: str) -> str:
    answer = client.get(PAGE + path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def worked(id: str) -> None:
    """All that is due is posted: what other tests have left in the journal may take more than one slice."""
    call_command("drain", verbosity=0)
    with schema_context(Tenant.objects.get(code="acme").schema_name):
        while work(id, tenant="acme"):
            continue


def test_anonymous_and_who_manages_nothing_are_kept_out(acme: TestTenant) -> None:
    viewer = in_session(acme.host, User.objects.get(email=acme.viewer))
    assert browser(acme.host).get(f"{PAGE}we_1/")["Location"].startswith("/sign-in/")
    assert viewer.get(f"{PAGE}we_1/").status_code == 403
    for path in ("", *(f"we_1/{button}/" for button in BUTTONS)):
        assert browser(acme.host).post(PAGE + path)["Location"].startswith("/sign-in/")
        assert viewer.post(PAGE + path).status_code == 403
    assert PAGE not in viewer.get("/settings/account/").content.decode()


def test_another_tenants_webhook_is_not_there(owner: Client, globex: TestTenant, hook: Receiver) -> None:
    id, _ = made(owner, hook.url)
    stranger = in_session(globex.host, User.objects.get(email=globex.owner))
    assert stranger.get(f"{PAGE}{id}/").status_code == 404
    form = {"url": hook.url, "events": "*", "once": uuid4().hex}
    assert {stranger.post(f"{PAGE}{id}/{button}/", form).status_code for button in BUTTONS} == {404}
    assert hook.url not in shown(stranger, "")


def test_its_secret_is_shown_once_in_the_answer_that_made_it(owner: Client, hook: Receiver) -> None:
    form = {"url": hook.url, "events": ["order.placed", "stock.*"], "once": uuid4().hex}
    text = sent(owner, "", form, status=200)
    assert len(re.findall(r'value="whsec_[^"]+"', text)) == 1
    again = sent(owner, "", form, status=422)
    id = Endpoint.objects.latest("created_at").pk
    assert "whsec_" not in again + shown(owner, "") + shown(owner, f"{id}/")
    assert "order.placed, stock.*" in shown(owner, "")
    rotated = sent(owner, f"{id}/rotate/", {"once": uuid4().hex}, status=200)
    assert len(re.findall(r'value="whsec_[^"]+"', rotated)) == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner: Client, hook: Receiver) -> None:
    text = sent(owner, "", {"url": "ftp://x.example/", "events": "todo.*", "once": uuid4().hex}, status=422)
    assert "A webhook goes to an https address" in text
    assert 'value="ftp://x.example/"' in text
    assert 'value="todo.*" checked' in text
    assert "Choose which events are posted." in sent(owner, "", {"url": hook.url, "once": uuid4().hex}, status=422)
    id, _ = made(owner, hook.url)
    assert "Choose which events are posted." in sent(owner, f"{id}/edit/", {"url": hook.url}, status=422)
    sent(owner, f"{id}/edit/", {"url": hook.url, "events": ["*", "todo.created"], "description": "the shop"})
    assert Endpoint.objects.get(pk=id).events == ["*"]
    assert "the shop" in shown(owner, "")


def test_a_test_arrives_and_what_was_posted_is_seen_resent_and_replayed(
    api: Api, owner: Client, hook: Receiver
) -> None:
    id, _ = made(owner, hook.url)
    sent(owner, f"{id}/test/")
    hook.answers += [503]
    worked(id)
    [test] = hook.events
    assert (test["type"], test["tenantcode"], test["data"]["code"]) == ("webhook.tested", "acme", id)
    assert "onbehalfof" not in test
    page = shown(owner, f"{id}/")
    assert "Failing since" in page
    assert ">503</span> Service Unavailable" in page
    assert "Next try" in page
    delivery = Delivery.objects.get(endpoint=id)
    sent(owner, f"{id}/deliveries/{delivery.pk}/resend/")
    code = api("POST", "todos/", {"name": "hooked"}).json()["code"]
    worked(id)
    assert [each["data"]["code"] for each in hook.events] == [id, id, code]
    assert hook.bodies[0] == hook.bodies[1]
    assert shown(owner, f"{id}/").count(">Delivered<") == 2 + 1, "and the tab"
    assert "Nothing here" in shown(owner, f"{id}/?state=failed")
    sent(owner, f"{id}/replay/", {"span": "The last hour"})
    worked(id)
    assert code in [each["data"]["code"] for each in hook.events[3:]]
    assert id not in [each["data"]["code"] for each in hook.events[3:]], "a test is not of the journal"


def test_one_that_is_paused_is_posted_nothing_until_it_is_on_again(api: Api, owner: Client, hook: Receiver) -> None:
    id, _ = made(owner, hook.url)
    sent(owner, f"{id}/switch/")
    sent(owner, f"{id}/test/")
    assert "This webhook is paused" in shown(owner, f"{id}/")
    api("POST", "todos/", {"name": "missed"})
    worked(id)
    sent(owner, f"{id}/switch/", {"on": "yes"})
    api("POST", "todos/", {"name": "seen"})
    worked(id)
    assert [each["data"]["name"] for each in hook.events] == ["seen"]
    sent(owner, f"{id}/remove/")
    assert owner.get(f"{PAGE}{id}/").status_code == 404
