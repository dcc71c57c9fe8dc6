"""Times from the ends of the calendar, wherever a client can send one: taken or refused, and every page opens after."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing.tests.conftest import customer
from conftest import Api
from tenants.models import Tenant, User
from tenants.tests.browsers import in_session

TIMES = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-12:00",
    "9999-12-30T00:00:00Z",
)
DAYS = ("0001-01-01", "9999-12-31")
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")


@pytest.fixture(scope="module", params=ZONES)
def api(tenants: Any, request: pytest.FixtureRequest) -> Api:
    """A tenant in a zone at the end of the world."""
    tenant = customer("pro")
    Tenant.objects.filter(code=tenant.code).update(time_zone=request.param)
    return Api(tenant)


@pytest.fixture
def owner(api: Api) -> Client:
    return in_session(api.tenant.host, User.objects.get(email=api.tenant.owner))


def test_reading_takes_any_time(api: Api) -> None:
    code = api("POST", "todos/", {"name": "now"}).json()["code"]
    for time in TIMES:
        at = time.replace("+", "%2B")
        assert api("GET", f"todos/{code}/?as_of={at}").status_code in (200, 404), time
        for name in ("placed_at_after", "placed_at_before"):
            assert api("GET", f"orders/?{name}={at}").status_code in (200, 400), time
    for day in DAYS:
        for name in ("due", "due_before", "due_after"):
            assert api("GET", f"todos/?{name}={day}").status_code == 200


@pytest.mark.parametrize("time", TIMES)
def test_writing_takes_a_time_or_refuses_it_and_every_page_opens_after(api: Api, owner: Client, time: str) -> None:
    event = {"specversion": "1.0", "id": uuid4().hex, "source": "s", "type": "api_calls", "time": time}
    settings = {"closes_at": time}
    answers = [
        api("POST", "api-keys/", {"name": "k", "scopes": ["todos:read"], "expires_at": time}),
        api("POST", "surveys/", {"title": "Lunch", "settings": settings}),
        api("POST", "usage/events/", event),
    ]
    assert {answer.status_code for answer in answers} <= {200, 201, 400, 422}
    typed = {"title": "Lunch", "closes_at": time.partition("+")[0].removesuffix("Z"), "once": uuid4().hex}
    assert owner.post("/surveys/new/", typed).status_code < 500
    api.drain()
    _open(api, owner)


def test_days_at_the_ends_of_the_calendar_are_kept_and_shown(api: Api, owner: Client) -> None:
    made = [api("POST", "todos/", {"name": day, "due_date": day}) for day in DAYS]
    assert [answer.status_code for answer in made] == [201, 201]
    for day in DAYS:
        sequence = {"register_date": day, "format": "T%%fiscal_year%%-%%no%%", "rotation": "fiscal_yearly"}
        assert api("PATCH", "sequences/todo/", sequence).status_code in (200, 422)
        assert api("POST", "todos/", {"name": "numbered"}).status_code in (201, 422)
    api.drain()
    for answer in made:
        code = answer.json()["code"]
        assert owner.get(f"/todos/{code}/").status_code == 200
        assert owner.get(f"/todos/{code}/edit/").status_code in (200, 404)
    _open(api, owner)


def _open(api: Api, owner: Client) -> None:
    for path in ("/", "/todos/", "/surveys/", "/settings/keys/", "/billing/", "/billing/usage/"):
        assert owner.get(path).status_code in (200, 404), path
    for survey in api("GET", "surveys/").json()["results"]:
        for page in ("", "edit/", "build/"):
            assert owner.get(f"/surveys/{survey['code']}/{page}").status_code in (200, 302, 404)
    for path in ("api-keys/", "surveys/", "todos/", "usage/", "events/", "settings/", "sequences/"):
        assert api("GET", path).status_code == 200, path
