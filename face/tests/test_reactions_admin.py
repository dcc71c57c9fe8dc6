"""Staff see what each handler does not get done, and decide: try again, or go on without it, for a reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client

from conftest import Api
from cqrs.reactions.models import Cursor, Skipped
from tenants.models import User
from tenants.tests.browsers import browser, signed_in

CURSORS, SKIPPED = "/admin/reactions/cursor/", "/admin/reactions/skipped/"
HANDLER = "todos.tell_somebody"


@pytest.fixture
def staff(acme: Any) -> Client:
    person = User.objects.filter(email="ray@tenfold.example").first()
    person = person or User.objects.create_superuser("ray@tenfold.example", acme.password)
    return signed_in(settings.PUBLIC_HOST, person.email, acme.password)


@pytest.fixture
def failing(api: Api) -> Iterator[Cursor]:
    """A cursor whose handler fails on the first line of acme's journal."""
    api("POST", "todos/", {"name": "told to nobody"})
    api.drain()
    stuck = {"position": 0, "attempts": 3, "fact": "TODO#acme#TODO#TODO-000001@1", "error": "SMTPServerDisconnected"}
    cursor = Cursor.objects.create(tenant_code="acme", handler=HANDLER, next_at=Now(), epoch=1, holder="", **stuck)
    yield cursor
    Cursor.objects.filter(handler=HANDLER).delete()
    Skipped.objects.filter(handler=HANDLER).delete()


def test_anonymous_is_asked_to_sign_in_and_a_tenants_host_has_no_admin(acme: Any) -> None:
    member = signed_in(acme.host, acme.owner, acme.password)
    for page in (CURSORS, SKIPPED):
        response = browser(settings.PUBLIC_HOST).get(page)
        assert (response.status_code, response["Location"].startswith("/admin/login/")) == (302, True)
        assert member.get(page).status_code == 404


def test_what_fails_is_seen_and_nothing_is_added_or_changed_by_a_form(staff: Client, failing: Cursor) -> None:
    page = staff.get(CURSORS).text
    assert "SMTPServerDisconnected" in page
    assert "handler gone" in page
    assert staff.get(SKIPPED).status_code == 200
    assert {staff.get(f"{each}add/").status_code for each in (CURSORS, SKIPPED)} == {403}
    assert staff.post(f"{CURSORS}{failing.pk}/change/", {"position": 7}).status_code == 403


def test_a_fact_is_skipped_for_a_reason_that_is_kept(staff: Client, failing: Cursor) -> None:
    url = _button(staff, "skip", failing)
    staff.post(url, {"reason": "", "_form_submitted": "on"})
    assert not Skipped.objects.filter(handler=HANDLER).exists()
    assert staff.post(url, {"reason": "they have moved", "_form_submitted": "on"})["HX-Redirect"] == CURSORS
    skipped = Skipped.objects.get(handler=HANDLER)
    assert (skipped.position, skipped.fact, skipped.error) == (1, failing.fact, failing.error)
    assert (skipped.reason, skipped.decided_by[:6]) == ("they have moved", "staff:")
    failing.refresh_from_db()
    assert (failing.position, failing.attempts, failing.error) == (1, 0, "")
    assert "goes on without" in staff.get(CURSORS).text
    staff.post(url, {"reason": "again", "_form_submitted": "on"})
    assert "fails on nothing" in staff.get(CURSORS).text


def test_a_retry_ends_the_pause(staff: Client, failing: Cursor) -> None:
    url = _button(staff, "retry", failing)
    staff.get(url)  # to look at the dialog changes nothing
    failing.refresh_from_db()
    before = failing.next_at
    staff.post(url, {"_form_submitted": "on"})
    failing.refresh_from_db()
    assert failing.next_at > before
    assert "tried again" in staff.get(CURSORS).text


def _button(staff: Client, name: str, cursor: Cursor) -> str:
    """Where a button on a cursor's page leads."""
    links = [part.partition('"')[0] for part in staff.get(f"{CURSORS}{cursor.pk}/change/").text.split('href="')[1:]]
    return next(url for url in links if name in url and f"{cursor.pk}" in url)
