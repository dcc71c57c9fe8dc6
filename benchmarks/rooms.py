"""Tenants with something in them, and a member who is signed in."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from benchmarks.browser import Browser
from config.lag import catch_up
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.writer import Writer
from tenants.models import HandOver, Tenant
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
    token: str
    _browsers: list[Browser] = field(default_factory=list)

    @property
    def host(self) -> str:
        return host_for(self.code)

    @property
    def list(self) -> str:
        """The address of its list page."""
        return f"http://{self.host}/todos/"

    def browser(self) -> Browser:
        """The owner's, signed in."""
        if not self._browsers:
            browser = Browser()
            browser.get(f"http://{self.host}/enter/?token={self.token}&next=/todos/")
            self._browsers.append(browser)
        return self._browsers[0]

    def look(self) -> float:
        """Seconds that its list page takes."""
        return seconds(self.browser(), self)

    def cookies(self) -> dict[str, dict[str, str]]:
        """Those of that browser."""
        return {host: dict(each) for host, each in self.browser().cookies.items()}


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
    return Room(code, tenant.schema_name, enter(tenant))


def enter(tenant: Tenant) -> str:
    """The way in for its owner, for as long as a run may take."""
    token, digest = new_token()
    user = tenant.memberships.get().user
    HandOver.objects.create(digest=digest, user=user, tenant=tenant, expires_at=timezone.now() + timedelta(hours=1))
    return token
