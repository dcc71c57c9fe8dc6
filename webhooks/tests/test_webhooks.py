"""Webhooks: anonymous first, another tenant second; then what is posted, in which order, signed how, and how often."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from conftest import Api, TestTenant
from cqrs.models import JournalLine
from face.models import AuditLine
from tenants.keys import create_key
from tenants.models import Tenant
from webhooks import tasks
from webhooks.deliver import PAUSES, forget_old, waiting
from webhooks.models import Delivery, Endpoint
from webhooks.signing import headers
from webhooks.tests.receiver import Receiver, receiving

PATHS = ["", "{id}/", "{id}/deliveries/", "{id}/rotate/", "{id}/replay/", "{id}/test/", "{id}/deliveries/1/resend/"]


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOCAL = True
    with receiving() as receiver:
        yield receiver


def made(api: Api, url: str, *events: str) -> dict[str, Any]:
    answer = api("POST", "webhooks/", {"url": url, "events": list(events) or ["todo.*"]})
    assert answer.status_code == 201, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def worked(api: Api, id: str) -> None:
    """Show what was written, and let the endpoint's worker have its turn."""
    call_command("drain", verbosity=0)
    tasks.work(tenant=api.tenant.code, endpoint=id)


def later(id: str) -> None:
    """It is as late as the next try."""
    Delivery.objects.filter(endpoint=id).update(next_at=timezone.now())


def deliveries(api: Api, id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api("GET", f"webhooks/{id}/deliveries/").json()["results"]
    return found


def todo(api: Api) -> str:
    return str(api("POST", "todos/", {"name": "hooked"}).json()["code"])


def test_anonymous_and_small_keys_are_kept_out(acme: TestTenant) -> None:
    _, small = create_key(Tenant.objects.get(code="acme"), name="small", scopes={"todos:read", "todos:write"})
    for path in PATHS:
        for method in ("GET", "POST"):
            url = f"webhooks/{path.format(id='we_1')}"
            assert Api(acme, key=None)(method, url, {}).status_code in (401, 405)
            assert Api(acme, key=small)(method, url, {}).status_code in (403, 405)


def test_another_tenants_webhook_is_not_there(api: Api, globex: TestTenant, hook: Receiver) -> None:
    id, other = made(api, hook.url)["id"], Api(globex)
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "rotate/"), ("GET", "deliveries/")):
        assert other(method, f"webhooks/{id}/{path}").status_code == 404
    assert other("POST", f"webhooks/{id}/replay/", {"after": 0}).status_code == 404
    assert id not in [each["id"] for each in other("GET", "webhooks/").json()["results"]]
    todo(other)
    worked(api, id)
    todo(api)
    worked(other, id)
    assert hook.bodies == []


def test_its_secret_is_shown_once_and_kept_sealed(api: Api, hook: Receiver) -> None:
    key, body = uuid4().hex, {"url": hook.url}
    first = api("POST", "webhooks/", body, idempotency_key=key).json()
    assert api("POST", "webhooks/", body, idempotency_key=key).json()["code"] == "already_done"
    assert first["secret"].startswith("whsec_")
    assert "secret" not in api("GET", f"webhooks/{first['id']}/").json()
    kept = Endpoint.objects.get(pk=first["id"]).secret
    assert first["secret"] not in kept
    assert first["secret"][6:] not in b64decode(kept).decode("latin-1")
    assert AuditLine.objects.filter(action="webhook.created", subject=first["id"]).count() == 1


def test_an_event_is_posted_signed_as_the_standard_says(api: Api, hook: Receiver) -> None:
    endpoint = made(api, hook.url)
    code = todo(api)
    worked(api, endpoint["id"])
    [event], [sent], [body] = hook.events, hook.headers, hook.bodies
    assert (event["type"], event["specversion"], event["data"]["code"]) == ("todo.created", "1.0", code)
    assert event == api("GET", f"events/?after={event['position'] - 1}&limit=1").json()["results"][0]
    key = b64decode(endpoint["secret"].removeprefix("whsec_"))
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    wanted = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{wanted}"
    assert abs(int(sent["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    [told] = deliveries(api, endpoint["id"])
    assert (told["event"], told["state"], told["status"], told["attempts"]) == (event["id"], "delivered", 204, 1)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    body, id, at = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    found = headers(body, id=id, at=at, secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_fails_is_tried_again_under_the_same_id_and_in_order_per_entity(api: Api, hook: Receiver) -> None:
    id = made(api, hook.url)["id"]
    first, second = todo(api), todo(api)
    for code in (first, second):
        api("POST", f"todos/{code}/start/", if_match="*")
    hook.failing.add(first)
    worked(api, id)
    assert [each["data"]["code"] for each in hook.events] == [first, second, second]
    worked(api, id)
    assert len(hook.events) == 3  # its time has not come
    hook.failing.clear()
    later(id)
    worked(api, id)
    assert [each["data"]["code"] for each in hook.events] == [first, second, second, first, first]
    assert [each["data"]["version"] for each in hook.events if each["data"]["code"] == first] == [1, 1, 2]
    ids = [each["webhook-id"] for each in hook.headers]
    assert (ids[0], len(set(ids))) == (ids[3], 4)
    assert [each["attempts"] for each in deliveries(api, id)][::-1][0] == 2


def test_it_is_given_up_after_days_and_what_follows_goes_on(api: Api, hook: Receiver) -> None:
    id, code = made(api, hook.url)["id"], todo(api)
    api("POST", f"todos/{code}/start/", if_match="*")
    hook.answers += [500] * (len(PAUSES) + 1)
    for _ in range(len(PAUSES) + 1):
        worked(api, id)
        later(id)
    worked(api, id)
    assert [(each["state"], each["attempts"]) for each in deliveries(api, id)] == [("delivered", 1), ("failed", 10)]
    assert sum(PAUSES, timedelta()) > timedelta(days=3)
    assert api("GET", f"webhooks/{id}/").json()["is_active"]


def test_an_endpoint_that_is_gone_or_dead_for_days_is_switched_off(api: Api, hook: Receiver) -> None:
    gone, dead = (made(api, hook.url, "todo.created")["id"] for _ in range(2))
    Endpoint.objects.filter(pk=dead).update(failing_since=timezone.now() - timedelta(days=6))
    todo(api)
    hook.answers += [410, 500]
    worked(api, gone)
    call_command("drain", verbosity=0)
    Delivery.objects.filter(endpoint=dead).update(attempts=len(PAUSES))
    worked(api, dead)
    Delivery.objects.filter(endpoint=dead).update(attempts=len(PAUSES), next_at=timezone.now())
    hook.answers += [500]
    worked(api, dead)
    for id in (gone, dead):
        found = api("GET", f"webhooks/{id}/").json()
        assert (found["is_active"], bool(found["disabled_reason"])) == (False, True)
        assert AuditLine.objects.filter(action="webhook.disabled", subject=id).count() == 1
    again = api("PATCH", f"webhooks/{gone}/", {"is_active": True}).json()
    assert (again["is_active"], again["disabled_reason"], again["failing_since"]) == (True, "", None)


def test_no_redirect_is_followed(api: Api, hook: Receiver) -> None:
    id = made(api, hook.url)["id"]
    todo(api)
    hook.answers.append(307)
    worked(api, id)
    assert (len(hook.bodies), deliveries(api, id)[0]["status"], deliveries(api, id)[0]["state"]) == (1, 307, "pending")


def test_one_is_resent_and_all_since_a_position_are_replayed(api: Api, hook: Receiver) -> None:
    code = todo(api)
    call_command("drain", verbosity=0)
    id = made(api, hook.url, "todo.created", "todo.started")["id"]
    api("POST", f"todos/{code}/start/", if_match="*")
    api("POST", f"todos/{code}/complete/", if_match="*")
    worked(api, id)
    assert hook.told() == ["todo.started@2"]
    [told] = deliveries(api, id)
    assert api("POST", f"webhooks/{id}/deliveries/{told['id']}/resend/").json()["state"] == "pending"
    worked(api, id)
    assert hook.told() == ["todo.started@2"] * 2
    with schema_context(api.tenant.schema):
        after = JournalLine.objects.get(code=code, version=1).position - 1
    answer = api("POST", f"webhooks/{id}/replay/", {"after": after})
    assert (answer.status_code, answer.json()["position"]) == (200, after)
    worked(api, id)
    assert hook.told()[2:] == ["todo.created@1", "todo.started@2"]
    assert len({each["webhook-id"] for each in hook.headers}) == len({*hook.bodies}) == 2
    assert api("POST", f"webhooks/{id}/replay/", {"after": 10**12}).json()["code"] == "cursor_expired"
    assert api("POST", f"webhooks/{id}/deliveries/999999999/resend/").status_code == 404


def test_a_rotated_secret_signs_beside_the_old_one_for_a_while(api: Api, hook: Receiver) -> None:
    old = made(api, hook.url)
    new = api("POST", f"webhooks/{old['id']}/rotate/", {"overlap_seconds": 60}).json()
    todo(api)
    worked(api, old["id"])
    [sent], [body] = hook.headers, hook.bodies
    wanted = {"id": sent["webhook-id"], "at": int(sent["webhook-timestamp"])}
    both = headers(body, secrets=[new["secret"], old["secret"]], **wanted)  # type: ignore[arg-type]
    assert sent["webhook-signature"] == both["webhook-signature"]
    api("POST", f"webhooks/{old['id']}/rotate/", {"overlap_seconds": 0})
    todo(api)
    worked(api, old["id"])
    assert len(hook.headers[1]["webhook-signature"].split()) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://example.com/"}, "/url"),
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://[::1]/"}, "/url"),
        ({"url": "https://10.1.2.3/"}, "/url"),
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "/url"),
        ({"url": "https://[64:ff9b::a00:1]/"}, "/url"),
        ({"url": "https://me:secret@example.com/"}, "/url"),
        ({"url": "https://example.com/#here"}, "/url"),
        ({"url": "https://example.com:99999/"}, "/url"),
        ({"url": "ftp://example.com/"}, "/url"),
        ({"url": "https://example.com/a b"}, "/url"),
        ({"url": "https://example.com/", "events": ["todo.eaten"]}, "/events/0"),
        ({"url": "https://example.com/", "events": []}, "/events"),
        ({"url": "https://example.com/", "secret": "mine"}, "/secret"),
        ({}, "/url"),
    ],
)
def test_what_is_wrong_is_pointed_at(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api("POST", "webhooks/", body)
    assert (answer.status_code in (400, 422), answer.json()["errors"][0]["pointer"]) == (True, pointer)


def test_a_name_that_leads_inside_is_found_when_it_is_used(api: Api, hook: Receiver, settings: Any) -> None:
    id = made(api, "https://localhost:1/hook")["id"]
    settings.WEBHOOKS_LOCAL = False
    todo(api)
    worked(api, id)
    [told] = deliveries(api, id)
    assert (told["status"], told["error"]) == (None, "A webhook goes to public addresses only.")


def test_who_has_something_to_do_is_found_and_what_is_old_is_forgotten(api: Api, hook: Receiver) -> None:
    id = made(api, hook.url)["id"]
    call_command("drain", verbosity=0)
    worked(api, id)
    assert ("acme", id) not in waiting()
    todo(api)
    call_command("drain", verbosity=0)
    assert ("acme", id) in waiting()
    Endpoint.objects.filter(pk=id).update(leased_until=timezone.now() + timedelta(seconds=30))
    assert ("acme", id) not in waiting()
    worked(api, id)
    assert hook.bodies == []
    Endpoint.objects.filter(pk=id).update(leased_until=None)
    worked(api, id)
    assert len(hook.bodies) == 1
    Delivery.objects.filter(endpoint=id).update(created_at=timezone.now() - timedelta(days=31))
    Delivery.objects.filter(endpoint=id).update(tried_at=timezone.now() - timedelta(days=31))
    assert forget_old() >= 1
    assert deliveries(api, id) == []
    api("DELETE", f"webhooks/{id}/")
    assert api("GET", f"webhooks/{id}/").status_code == 404
