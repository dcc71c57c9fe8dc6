"""Every page of a tenant that is one second old, at moments at which calendars turn: no figure leaves its range."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command

from config.tests.isolation.asking import Answer, Caller
from config.tests.isolation.endpoints import Endpoint, of_tenants
from config.tests.isolation.place import Site, _session
from config.tests.isolation.rows import Door, row_of
from config.tests.isolation.things import KINDS
from cqrs import clocks
from tenants.keys import create_key
from tenants.models import Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member, provision

SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)
MARCH, YEAR, LEAP = (datetime(*day, tzinfo=UTC) for day in ((2027, 3, 1), (2028, 1, 1), (2028, 3, 1)))

MOMENTS = {
    "the first of a month": (MARCH, "UTC"),
    "the last of a month": (MARCH - TICK, "Pacific/Kiritimati"),
    "the first of a year": (YEAR, "America/Los_Angeles"),
    "the last of a year": (YEAR - TICK, "Europe/Berlin"),
    "the last of a leap day": (LEAP - TICK, "Pacific/Auckland"),
    "the fifth day of a month": (MARCH + timedelta(days=4, hours=7), "Asia/Kathmandu"),
}
"""What time it is, and in which zone the tenant is."""

MANY = 10**9
"""Usage that somebody reports at once: what a month comes to at this pace is no span of time any more."""

APART = {"sign-out", "switch", "support"}
"""Pages that end a session, or lead away."""


@dataclass(frozen=True)
class Young:
    """A tenant one second after it was made, the moment it is, and what its pages answer."""

    site: Site
    now: datetime
    pages: dict[str, Answer]
    api: dict[str, Answer]


@pytest.fixture(scope="module", params=MOMENTS)
def young(tenants: Any, request: pytest.FixtureRequest) -> Iterator[Young]:
    now, zone = MOMENTS[request.param]
    logging.disable()
    with _travel(now - SECOND):
        site = _site(zone)
    call_command("drain", verbosity=0)  # by Postgres' clock, which nobody moves
    with _travel(now):
        ask = Caller(key=site.key).ask
        assert ask("GET", "/api/v1/todos/", host=site.host).status == 200  # the one metered call
        pages = {each.name: _opened(site, each) for each in of_tenants() if _is_page(each)}
        api = {each.name: _opened(site, each) for each in of_tenants() if not _is_page(each)}
    yield Young(site, now, pages, api)
    logging.disable(logging.NOTSET)


@contextmanager
def _travel(moment: datetime) -> Iterator[None]:
    """Within it, it is this moment. The stores' clocks cannot come along, so nobody compares ours with them."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(moment, tick=False):
        patch.setattr(clocks, "note", lambda *_: None)
        yield


def test_every_page_opens(young: Young) -> None:
    assert {name: answer for name, answer in young.pages.items() if answer.status >= 500} == {}
    assert {young.pages[name].status for name in ("dashboard", "billing", "billing-usage", "todos")} == {200}


def test_every_get_of_the_api_answers(young: Young) -> None:
    assert {name: answer for name, answer in young.api.items() if answer.status >= 500} == {}
    assert {young.api[name].status for name in ("api-usage", "api-subscription", "api-todos")} == {200}


def test_however_much_is_used_the_forecast_is_a_number(young: Young) -> None:
    key, host = Caller(key=young.site.key), young.site.host
    event = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "meter",
        "type": "api_calls",
        "data": {"quantity": MANY},
    }
    with _travel(young.now):
        assert key.ask("POST", "/api/v1/usage/events/", host=host, body=event).status == 200
        told = key.ask("GET", "/api/v1/usage/", host=host)
        assert (told.status, '"limit_hit_at"' in told.text) == (200, True)
        owner = Caller(young.site.owner)
        assert {owner.ask("GET", path, host=host).status for path in ("/billing/", "/billing/usage/")} == {200}


def _site(zone: str) -> Site:
    """With one of each thing that a path can name."""
    code = f"young{uuid4().hex[:10]}"
    tenant: Tenant = provision(code, name=code, owner_email=f"new-owner@{code}.example", time_zone=zone, plan="pro")
    owner = User.objects.get(email=f"new-owner@{code}.example")
    viewer = add_member(tenant, email=f"new-viewer@{code}.example", role=Role.VIEWER).user
    _, key = create_key(tenant, name="new", scopes=frozenset({"*"}), created_by=owner)
    site = Site(tenant, "new", _session(tenant, owner), _session(tenant, viewer), key)
    site.things.update({kind: each.make(site) for kind, each in KINDS.items()})
    return site


def _is_page(endpoint: Endpoint) -> bool:
    row = row_of(endpoint)
    return row is not None and row.door is not Door.API


def _opened(site: Site, endpoint: Endpoint) -> Answer:
    row = row_of(endpoint)
    assert row, endpoint.name
    path = endpoint.path({name: site.things.get(kind, kind) for name, kind in row.names.items()})
    caller = Caller(key=site.key) if row.door is Door.API else Caller(site.owner)
    return Answer(0, "") if endpoint.name in APART else caller.ask("GET", path, host=site.host)
