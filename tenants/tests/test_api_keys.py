"""API keys: whose they are, what they may, when they end. Anonymous first, another tenant second."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.keys import create_key, good_key
from tenants.models import ApiKey, Tenant
from tenants.tests.browsers import browser, program
from tenants.uses import USES

TODOS = "/api/v1/todos/"


def made(site: Any, *scopes: str) -> tuple[ApiKey, str]:
    return create_key(Tenant.objects.get(code=site.code), name="Test", scopes=scopes or ("*",))


def test_anonymous_is_401_and_told_how_to_sign_in(acme: Any) -> None:
    response = browser(acme.host).get(TODOS)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="acme"'
    assert response["Content-Type"] == "application/problem+json"


def test_a_key_of_another_tenant_is_401(acme: Any, globex: Any) -> None:
    assert program(globex.host, globex.key).get(TODOS).status_code == 200
    assert program(acme.host, globex.key).get(TODOS).status_code == 401


def test_every_bad_key_is_answered_alike(acme: Any, globex: Any) -> None:
    revoked, revoked_text = made(acme)
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    expired, expired_text = made(acme)
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    other_secret = made(acme)[1][:-4] + "beef"
    bad = [revoked_text, expired_text, other_secret, globex.key, "tf_0123456789ab_" + "0" * 48, "nonsense", ""]
    answers = [program(acme.host, text).get(TODOS, headers={"X-Request-Id": "same"}) for text in bad]
    assert {response.status_code for response in answers} == {401}
    assert len({response.content for response in answers}) == 1
    assert {response["WWW-Authenticate"] for response in answers} == {'Bearer realm="acme"'}


def test_a_key_works_until_it_is_revoked(acme: Any) -> None:
    key, text = made(acme)
    assert program(acme.host, text).get(TODOS).status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    assert program(acme.host, text).get(TODOS).status_code == 401


def test_a_scope_that_is_too_small_is_403(acme: Any) -> None:
    reader = program(acme.host, made(acme, "todos:read")[1])
    assert reader.get(TODOS).status_code == 200
    response = reader.post(TODOS, {"name": "Milk"}, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


def test_what_is_stored_cannot_be_used_as_a_key(acme: Any) -> None:
    key, text = made(acme)
    assert text.startswith(f"tf_{key.prefix}_")
    assert text.rpartition("_")[2] not in {str(value) for value in vars(ApiKey.objects.get(pk=key.pk)).values()}
    assert program(acme.host, f"tf_{key.prefix}_{key.digest}").get(TODOS).status_code == 401


def test_use_is_gathered_in_memory_and_written_later(acme: Any) -> None:
    key, text = made(acme)

    def used_at() -> Any:
        return ApiKey.objects.get(pk=key.pk).last_used_at

    USES.flush()
    program(acme.host, text).get(TODOS)
    assert used_at() is None
    USES.flush()
    first = used_at()
    assert first is not None
    program(acme.host, text).get(TODOS)
    USES.flush()
    assert used_at() > first


def test_an_older_use_does_not_replace_a_newer_one(acme: Any) -> None:
    key, text = made(acme)
    later = timezone.now() + timedelta(hours=1)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=later)
    program(acme.host, text).get(TODOS)
    USES.flush()
    assert ApiKey.objects.get(pk=key.pk).last_used_at == later


def test_a_key_is_found_in_one_query(acme: Any, django_assert_num_queries: Any) -> None:
    tenant, (_, text) = Tenant.objects.get(code=acme.code), made(acme)
    with django_assert_num_queries(1):
        assert good_key(text, tenant=tenant)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer tf_", "Bearer \x00", "Bearer tf_é_ü", "Bearer a b"])
def test_a_malformed_header_is_401(acme: Any, header: str) -> None:
    response = browser(acme.host).get(TODOS, headers={"Authorization": header})
    assert response.status_code == 401
