"""Tenants with something in them, and a member who is signed in."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from benchmarks.browser import Browser
from config.lag import catch_up
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.writer import Writer
from tenants.models import HandOver, Membership
from tenants.provisioning import host_for, provision
from tenants.tokens import new_token
from todos.domain import TODO

TODOS = 30
"""A page and a little."""


@dataclass(frozen=True, slots=True)
class Room:
    """One tenant, seen by its owner."""

    code: str
    schema: str

    @property
    def host(self) -> str:
        return host_for(self.code)

    @property
    def list(self) -> str:
        """The address of its list page."""
        return f"http://{self.host}/todos/"


def signed_in(*rooms: Room) -> Browser:
    """A browser in which the owner has entered each of these."""
    browser = Browser()
    for room in rooms:
        browser.get(f"http://{room.host}/enter/?token={_token(room)}&next=/todos/")
    return browser


def seconds(browser: Browser, room: Room) -> float:
    """Seconds that a room's list page takes in this browser."""
    begun = time.perf_counter()
    page = browser.get(room.list)
    taken = time.perf_counter() - begun
    assert f"Milk {TODOS - 1}" in page, page[:300]
    return taken


def furnished_room(code: str) -> Room:
    """A new tenant with a page of todos that can be read."""
    tenant = provision(code, name=code.title(), owner_email="owner@rooms.example")
    writer = Writer(Log(store(), code), Origin(Actor("system:bench")))
    for number in range(TODOS):
        writer.send(TODO.create(name=f"Milk {number}"))
    catch_up()
    return Room(code, tenant.schema_name)


def _token(room: Room) -> str:
    """The way in for its owner."""
    token, digest = new_token()
    owner = Membership.objects.get(tenant__code=room.code)
    ends = timezone.now() + timedelta(minutes=1)
    HandOver.objects.create(digest=digest, user=owner.user, tenant=owner.tenant, expires_at=ends)
    return token
