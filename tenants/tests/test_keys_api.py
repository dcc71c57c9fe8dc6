"""Making, rotating and revoking API keys: anonymous first, another tenant second."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from conftest import Api, TestTenant
from face.models import AuditLine, Receipt
from tenants.keys import create_key
from tenants.models import ApiKey, Tenant, User
from tenants.scopes import permissions
from tenants.tests.browsers import in_session
from tenants.tests.conftest import Joined, say

PATHS = [
    ("GET", "api-keys/"),
    ("POST", "api-keys/"),
    ("GET", "api-keys/0123456789ab/"),
    ("DELETE", "api-keys/0123456789ab/"),
    ("POST", "api-keys/0123456789ab/rotate/"),
]


def with_scopes(site: TestTenant, *scopes: str, **options: Any) -> Api:
    return Api(site, key=create_key(Tenant.objects.get(code=site.code), name="k", scopes=scopes, **options)[1])


def made(api: Api, *scopes: str, **body: Any) -> Any:
    answer = api("POST", "api-keys/", {"name": "CI", "scopes": scopes or ("todos:read",), **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def is_good(site: TestTenant, text: str) -> bool:
    return bool(Api(site, key=text)("GET", "todos/").status_code == 200)


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, method: str, path: str) -> None:
    assert Api(acme, key=None)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, method: str, path: str) -> None:
    assert Api(acme, key=globex.key)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "rotate/")])
def test_another_tenants_key_is_as_missing_as_none(api: Api, globex: TestTenant, method: str, path: str) -> None:
    theirs = globex.key.split("_")[1]
    answers = [
        api(method, f"api-keys/{prefix}/{path}", None, x_request_id="same") for prefix in (theirs, "0" * 12, "x")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert is_good(globex, globex.key)


def test_a_key_is_shown_once_and_does_what_its_scopes_say(api: Api, acme: TestTenant) -> None:
    new = made(api, "todos:read")
    text = new.pop("key")
    assert text.startswith(f"tf_{new['prefix']}_")
    assert is_good(acme, text)
    assert Api(acme, key=text)("POST", "todos/", {"name": "x"}).status_code == 403
    assert api("GET", f"api-keys/{new['prefix']}/").json() == new
    assert text.rpartition("_")[2] not in api("GET", "api-keys/").content.decode()
    line = AuditLine.objects.get(tenant_code="acme", action="api_key.created", subject=new["prefix"])
    assert line.detail == {"name": "CI", "scopes": ["todos:read"]}


def test_a_repeat_is_told_that_it_was_done_and_makes_no_second_key(api: Api) -> None:
    key, name = uuid4().hex, uuid4().hex
    answers = [
        api("POST", "api-keys/", {"name": name, "scopes": ["todos:read"]}, idempotency_key=key) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "already_done"
    assert ApiKey.objects.filter(name=name).count() == 1
    assert Receipt.objects.get(key=key).answer is None


def test_scopes_are_those_that_some_view_asks_for() -> None:
    assert {"todos:read", "todos:write", "members:read", "members:manage", "api-keys:manage"} <= set(permissions())
    assert "api-keys:read" not in permissions()
    assert "events:write" not in permissions()


@pytest.mark.parametrize("scope", ["todo:read", "todos:destroy", "todos", "", "**", "members:own", "todos:read "])
def test_an_unknown_scope_is_refused_by_name_with_those_that_exist(api: Api, scope: str) -> None:
    answer = api("POST", "api-keys/", {"name": "x", "scopes": ["todos:read", scope]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_scope")
    assert repr(scope) in answer.json()["detail"]
    assert {"todos:read", "todos:*", "*:read", "*"} <= set(answer.json()["known"])


@pytest.mark.parametrize(
    ("own", "wanted", "status"),
    [
        (["api-keys:manage", "todos:read"], ["todos:read"], 201),
        (["api-keys:manage", "todos:*"], ["todos:read", "todos:*"], 201),
        (["*"], ["*"], 201),
        (["api-keys:manage", "todos:read"], ["todos:write"], 403),
        (["api-keys:manage", "todos:read"], ["todos:*"], 403),
        (["*:manage", "*:read", "*:write"], ["*"], 403),
        (["*:read", "*:write"], ["todos:read"], 403),
    ],
)
def test_a_key_gives_no_more_than_it_has(acme: TestTenant, own: list[str], wanted: list[str], status: int) -> None:
    answer = with_scopes(acme, *own)("POST", "api-keys/", {"name": "x", "scopes": wanted})
    assert answer.status_code == status


def test_a_key_makes_none_that_outlives_it(acme: TestTenant) -> None:
    end = timezone.now() + timedelta(days=1)
    maker = with_scopes(acme, "*", expires_at=end)
    assert maker("POST", "api-keys/", {"name": "x", "scopes": ["*"]}).json()["code"] == "beyond_own"
    later = (end + timedelta(days=1)).isoformat()
    body = {"name": "x", "scopes": ["*"], "expires_at": later}
    assert maker("POST", "api-keys/", body).json()["code"] == "beyond_own"
    assert maker("POST", "api-keys/", body | {"expires_at": end.isoformat()}).status_code == 201


def test_only_who_manages_keys_sees_them(hooli: TestTenant, joined: Joined) -> None:
    expected = {"owner": 200, "admin": 200, "member": 403, "viewer": 403}
    for role, status in expected.items():
        client = in_session(hooli.host, joined(role))
        assert say(client, "GET", "api-keys/").status_code == status
        asked = say(client, "POST", "api-keys/", {"name": "x", "scopes": ["todos:read"]})
        assert asked.status_code == (201 if status == 200 else 403)


def test_a_person_s_key_says_whose_it_is(acme: TestTenant) -> None:
    client = in_session(acme.host, User.objects.get(email=acme.owner))
    new = say(client, "POST", "api-keys/", {"name": "x", "scopes": ["todos:read"]}).json()
    assert new["created_by"] == f"user:{User.objects.get(email=acme.owner).pk}"


def test_a_rotated_key_overlaps_with_the_one_that_replaces_it(api: Api, acme: TestTenant) -> None:
    old = made(api, "todos:read")
    answer = api("POST", f"api-keys/{old['prefix']}/rotate/", {"overlap_seconds": 3600})
    new = answer.json()
    assert answer.status_code == 201
    assert (new["name"], new["scopes"], new["expires_at"]) == ("CI", ["todos:read"], None)
    assert [is_good(acme, each["key"]) for each in (old, new)] == [True, True]
    shown = api("GET", f"api-keys/{old['prefix']}/").json()
    assert shown["replaced_by"] == new["prefix"]
    assert shown["expires_at"] is not None
    ApiKey.objects.filter(prefix=old["prefix"]).update(expires_at=timezone.now())
    assert [is_good(acme, each["key"]) for each in (old, new)] == [False, True]


def test_without_an_overlap_the_old_key_ends_at_once(api: Api, acme: TestTenant) -> None:
    old = made(api)
    new = api("POST", f"api-keys/{old['prefix']}/rotate/", {"overlap_seconds": 0}).json()
    assert [is_good(acme, each["key"]) for each in (old, new)] == [False, True]


def test_a_key_is_rotated_once_and_a_repeat_makes_no_second(api: Api) -> None:
    path, key = f"api-keys/{made(api)['prefix']}/rotate/", uuid4().hex
    answers = [
        api("POST", path, {}, idempotency_key=key),
        api("POST", path, {}, idempotency_key=key),
        api("POST", path),
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 422]
    assert [answer.json()["code"] for answer in answers[1:]] == ["already_done", "key_over"]


def test_a_small_key_does_not_get_a_larger_one_by_rotating_it(api: Api, acme: TestTenant) -> None:
    large = made(api, "*")
    small = with_scopes(acme, "api-keys:manage")
    assert small("POST", f"api-keys/{large['prefix']}/rotate/").json()["code"] == "beyond_own"


def test_a_revoked_key_is_over_at_once_and_stays_so(api: Api, acme: TestTenant) -> None:
    new = made(api)
    path = f"api-keys/{new['prefix']}/"
    assert api("DELETE", path).status_code == 204
    assert not is_good(acme, new["key"])
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).json()["state"] == "revoked"
    assert api("POST", f"{path}rotate/").json()["code"] == "key_over"
    assert AuditLine.objects.filter(action="api_key.revoked", subject=new["prefix"]).count() == 1


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 400, "/name"),
        ({"name": "", "scopes": ["*"]}, 400, "/name"),
        ({"name": "a\0b", "scopes": ["*"]}, 400, "/name"),
        ({"name": "x" * 101, "scopes": ["*"]}, 400, "/name"),
        ({"name": "x", "scopes": []}, 400, "/scopes"),
        ({"name": "x", "scopes": "todos:read"}, 400, "/scopes"),
        ({"name": "x", "scopes": ["*"], "prefix": "mine"}, 400, "/prefix"),
        ({"name": "x", "scopes": ["*"], "expires_at": "2031-01-01T00:00:00"}, 400, "/expires_at"),
        ({"name": "x", "scopes": ["*"], "expires_at": "2021-01-01T00:00:00Z"}, 422, "/expires_at"),
    ],
)
def test_what_is_no_key_is_refused(api: Api, body: dict[str, object], status: int, pointer: str) -> None:
    answer = api("POST", "api-keys/", body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer
