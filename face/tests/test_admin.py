"""Staff's side of the kernel: it looks, and its buttons ask why."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote as admin_quote
from django.db.models.functions import Now
from django.test import Client

from conftest import Api
from cqrs.stream.models import Breaker, Parked
from tenants.models import User
from tenants.tests.browsers import browser, signed_in

PARKED = "/admin/stream/parked/"
PAGES = (
    PARKED,
    "/admin/stream/shard/",
    "/admin/stream/heldtenant/",
    "/admin/stream/breaker/",
    "/admin/cqrs/journalline/",
)
ID = "TODO#acme#TODO#TODO-999999"


@pytest.fixture
def staff(acme: Any) -> Client:
    person = User.objects.filter(email="kim@tenfold.example").first()
    person = person or User.objects.create_superuser("kim@tenfold.example", acme.password)
    return signed_in(settings.PUBLIC_HOST, person.email, acme.password)


@pytest.fixture
def parked(acme: Any) -> Iterator[None]:
    Parked.objects.update_or_create(
        entity_id=ID,
        defaults={"tenant_code": "acme", "state": "parked", "version": 1, "parked_at": Now(), "error": "x"},
    )
    yield
    Parked.objects.filter(entity_id=ID).delete()


def test_anonymous_is_asked_to_sign_in_and_a_tenants_host_has_no_admin(acme: Any) -> None:
    member = signed_in(acme.host, acme.owner, acme.password)
    for page in PAGES:
        response = browser(settings.PUBLIC_HOST).get(page)
        assert (response.status_code, response["Location"].startswith("/admin/login/")) == (302, True)
        assert member.get(page).status_code == 404


def test_every_page_opens_and_adds_nothing(staff: Client) -> None:
    assert {staff.get(page).status_code for page in PAGES} == {200}
    assert {staff.get(f"{page}add/").status_code for page in PAGES} == {403}


def test_discarding_asks_why_and_keeps_who_and_why(staff: Client, parked: None) -> None:
    url = _button(staff, "discard", of=ID)
    assert staff.get(url).status_code == 200
    assert staff.post(url, {"reason": "", "_form_submitted": "on"}).status_code == 200
    assert Parked.objects.get(entity_id=ID).state == "parked"
    answer = staff.post(url, {"reason": "made by a test", "_form_submitted": "on"})
    assert answer["HX-Redirect"] == PARKED
    found = Parked.objects.get(entity_id=ID)
    assert (found.state, found.reason, found.decided_by[:6]) == ("discarded", "made by a test", "staff:")
    assert "is discarded" in staff.get(PARKED).text


def test_a_retry_shows_what_was_parked(staff: Client, api: Api) -> None:
    id = "#".join(api("POST", "todos/", {"name": "parked"}).json()["id"].split("~"))
    Parked.objects.create(entity_id=id, tenant_code="acme", state="parked", version=1, parked_at=Now())
    api.drain()
    url = _button(staff, "retry", of=id)
    staff.get(url)
    assert Parked.objects.filter(entity_id=id).exists()  # to look at the dialog changes nothing
    staff.post(url, {"_form_submitted": "on"})
    assert not Parked.objects.filter(entity_id=id).exists()
    assert "journal lines: 1" in staff.get(PARKED).text


def test_the_breaker_is_closed_by_a_button(staff: Client) -> None:
    Breaker.objects.create(entity_id="x", tripped_at=Now())
    url = next(url for url in _links(staff.get(PARKED).text) if "resume" in url)
    staff.post(url, {"_form_submitted": "on"})
    assert not Breaker.objects.exists()


def _button(staff: Client, name: str, *, of: str) -> str:
    """Where a button on its page leads."""
    page = next(url for url in _links(staff.get(PARKED).text) if quote(admin_quote(of)) in url)
    return next(url for url in _links(staff.get(page).text) if name in url)


def _links(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('href="')[1:]]
