"""Reading one's own writes: a list waits for them a little, and says so when they are not there."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from conftest import Api, TestTenant
from cqrs.stream.models import Parked
from face.consistency import wait_for, written
from tenants.tests.browsers import signed_in

LONG = timedelta(seconds=30)


@contextmanager
def parked(api: Api, id: str, *, state: str = "parked") -> Iterator[None]:
    """An entity that the projector has set apart."""
    entity_id = id.replace("~", "#")
    Parked.objects.create(
        entity_id=entity_id, tenant_code=api.tenant.code, state=state, version=1, parked_at=timezone.now()
    )
    yield
    Parked.objects.filter(entity_id=entity_id).delete()


def waited(api: Api, *tokens: str, most: timedelta) -> bool:
    try:
        with schema_context(api.tenant.schema):
            return wait_for(written(",".join(tokens), tenant=api.tenant.code), tenant=api.tenant.code, most=most)
    finally:
        connection.close()


def write(api: Api) -> tuple[str, str]:
    """The id and the token of a new todo."""
    answer = api("POST", "todos/", {"name": str(uuid4())})
    return answer.json()["id"], answer["Consistency-Token"]


def test_whoever_waits_is_woken_by_the_transaction_that_shows_it(api: Api) -> None:
    _, token = write(api)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(waited, api, token, most=LONG)
        assert not waiting.done()
        api.drain()
        assert waiting.result(timeout=5)


def test_nothing_written_waits_for_nothing(api: Api) -> None:
    assert wait_for({}, tenant=api.tenant.code, most=LONG)


def test_it_gives_up_in_time(api: Api) -> None:
    _, token = write(api)
    begun = time.monotonic()
    assert not waited(api, token.replace("@1", "@9"), most=timedelta(seconds=0.2))
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("state", ["parked", "held", "discarded"])
def test_nobody_waits_for_what_is_set_apart(api: Api, state: str) -> None:
    id, token = write(api)
    with parked(api, id, state=state):
        begun = time.monotonic()
        assert not waited(api, token.replace("@1", "@2"), most=LONG)
        assert time.monotonic() - begun < 5


def test_beside_a_parked_one_the_others_are_waited_for(api: Api) -> None:
    (id, token), (_, other) = write(api), write(api)
    with parked(api, id), ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(waited, api, token.replace("@1", "@2"), other.replace("@1", "@2"), most=timedelta(1))
        api("POST", f"todos/{other.partition('@')[0]}/complete/", if_match="*")
        api.drain()
        assert waiting.result(timeout=5) is False


def test_a_parked_entity_is_shown_as_it_was_and_said_to_be_behind(api: Api) -> None:
    id, token = write(api)
    with parked(api, id):
        answer = api("GET", "todos/?limit=1", consistency_token=token.replace("@1", "@2"))
        assert (answer.status_code, answer["Read-Model-Behind"]) == (200, "true")


def test_a_browser_waits_for_what_it_has_written_without_asking_to(acme: TestTenant, api: Api) -> None:
    owner, name = signed_in(acme.host, acme.owner, acme.password), str(uuid4())
    owner.post("/todos/new/", {"name": name})
    with ThreadPoolExecutor(1) as thread:
        draining = thread.submit(api.drain)
        assert name in owner.get("/todos/").content.decode()
        draining.result()


def test_a_browser_is_told_when_its_list_may_be_behind(acme: TestTenant, api: Api) -> None:
    owner = signed_in(acme.host, acme.owner, acme.password)
    owner.post("/todos/new/", {"name": str(uuid4())})
    token = owner.cookies["written"].value
    with parked(api, token.partition("@")[0]):
        assert owner.get("/todos/").context["behind"] is True


@pytest.mark.parametrize("cookie", ["nonsense", "TODO~globex~TODO~TODO-000001@1", ",".join(["x@1"] * 50)])
def test_a_cookie_that_is_none_of_ours_waits_for_nothing(acme: TestTenant, cookie: str) -> None:
    owner: Client = signed_in(acme.host, acme.owner, acme.password)
    owner.cookies["written"] = cookie
    answer = owner.get("/todos/")
    assert (answer.status_code, answer.context["behind"]) == (200, False)
