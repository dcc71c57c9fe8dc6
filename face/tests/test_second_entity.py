"""An entity that nothing was written for gets everything."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from conftest import Api, TestTenant
from cqrs.projections import PROJECTIONS
from face.tests import notes

NOTES = PROJECTIONS.pop(notes.NOTE.type)  # known while its table is there: other tests make all tables again
pytestmark = pytest.mark.urls("face.tests.hosts")


@pytest.fixture(scope="module", autouse=True)
def _table(tenants: dict[str, TestTenant]) -> Iterator[None]:
    for tenant in tenants.values():
        with schema_context(tenant.schema), connection.schema_editor() as editor:
            editor.create_model(notes.NoteRow)
    PROJECTIONS[notes.NOTE.type] = NOTES
    yield
    del PROJECTIONS[notes.NOTE.type]


def test_anonymous_is_asked_for_a_credential(acme: TestTenant) -> None:
    assert Api(acme, key=None)("POST", "notes/", {"text": "x"}).status_code == 401


def test_it_takes_at_most_40_lines() -> None:
    assert len(Path(notes.__file__).read_text().splitlines()) <= 40


def test_it_is_created_changed_read_listed_and_told_of(api: Api) -> None:
    note = api("POST", "notes/", {"text": "hello"}).json()
    pinned = api("POST", f"notes/{note['code']}/pin/", {"pins": 2, "version": 1}, idempotency_key=str(uuid4()))
    assert (pinned.status_code, pinned.json()["pins"]) == (200, 2)
    api.drain()
    assert note["code"] in [each["code"] for each in api("GET", "notes/?limit=100").json()["results"]]
    assert [each["fact"] for each in api("GET", f"notes/{note['id']}/history/").json()["results"]] == [
        "created",
        "pinned",
    ]


def test_a_rule_that_adds_asks_for_a_key(api: Api) -> None:
    note = api("POST", "notes/", {"text": "hello"}).json()
    refused = api("POST", f"notes/{note['code']}/pin/", {"pins": 2, "version": 1})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")
    assert api("GET", f"notes/{note['code']}/?consistent=true").json()["version"] == 1


def test_its_numbers_have_no_hole(api: Api) -> None:
    first, _, second = (api("POST", "notes/", body) for body in ({"text": "a"}, {"text": 3}, {"text": "b"}))
    number = int(first.json()["code"].removeprefix("N-"))
    assert second.json()["code"] == f"N-{number + 1:03}"
