"""Two tenants: a victim, with a canary wherever it keeps text, and one whose people try."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import models
from django.test import RequestFactory
from django.utils import timezone

from config.tests.isolation.canaries import CANARY, planted
from config.tests.isolation.things import KINDS
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.writer import Writer
from tenants.keys import create_key
from tenants.models import Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member, create_public, host_for, provision
from tenants.sessions import begin

STAFF = "staff@isolation.example"
QUIET = "quiet@isolated.example"
"""A member of the victim whose address is no canary, and so may be sent."""


@dataclass(frozen=True)
class Site:
    """A tenant with its people's sessions and a key. `text` is what stands in what it makes; `things` names one of each
    kind (`things.KINDS`)."""

    tenant: Tenant
    text: str
    owner: str
    viewer: str
    key: str
    things: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.tenant.code)

    @property
    def host(self) -> str:
        return host_for(self.code)

    def member(self, role: str) -> User:
        """Its `owner` or `viewer`."""
        return User.objects.get(email=f"{self.text}-{role}@{self.code}.example")

    def writer(self) -> Writer:
        """Sends commands in its owner's name, with its text in what they leave."""
        origin = Origin(Actor(f"user:{self.member('owner').pk}"), request_id=self.text, source=self.text, ip=self.text)
        return Writer(Log(store(), self.code), origin, numbering=partial(numbering_of, self.code))

    def fresh(self, kind: str) -> str:
        """A new thing of this kind; what is no kind stands for itself."""
        return KINDS[kind].make(self) if kind in KINDS else kind


@dataclass(frozen=True)
class Place:
    """Both, a member of staff's session on the public host, and the rows that the victim's canaries stand in."""

    victim: Site
    other: Site
    staff: str
    rows: Mapping[type[models.Model], Any]

    def renewed(self) -> "Place":
        """The same, with new sessions for those who try: somebody may have signed out, or left."""
        add_member(self.other.tenant, email=self.other.member("viewer").email, role=Role.VIEWER)
        owner, viewer = (_session(self.other.tenant, self.other.member(role)) for role in ("owner", "viewer"))
        staff = _session(create_public(), User.objects.get(email=STAFF))
        return replace(self, other=replace(self.other, owner=owner, viewer=viewer), staff=staff)


@contextmanager
def place() -> Iterator[Place]:
    """Both of them, shown; the canaries are planted last, so that nothing shows over them."""
    public = create_public()
    victim, other = _site("isolated", CANARY), _site("intruder", "ordinary")
    add_member(victim.tenant, email=QUIET, role=Role.VIEWER)
    for site in (victim, other):
        site.things.update({kind: each.make(site) for kind, each in KINDS.items()})
    for kind in KINDS:
        victim.fresh(kind)  # so that there is a second page
    call_command("drain", verbosity=0)
    staff = User.objects.filter(email=STAFF).first()
    staff = staff or User.objects.create_superuser(STAFF)
    with planted(victim.tenant, victim.member("owner")) as rows:
        yield Place(victim, other, _session(public, staff), rows)


def _site(code: str, text: str) -> Site:
    tenant = provision(code, name=f"{text}-home", owner_email=f"{text}-owner@{code}.example")
    viewer = add_member(tenant, email=f"{text}-viewer@{code}.example", role=Role.VIEWER, name=text).user
    owner = User.objects.get(email=f"{text}-owner@{code}.example")
    User.objects.filter(pk=owner.pk).update(name=text)
    _, key = create_key(tenant, name=text, scopes=frozenset({"*"}), created_by=owner)
    return Site(tenant, text, _session(tenant, owner), _session(tenant, viewer), key)


def _session(tenant: Tenant, person: User) -> str:
    """The session of somebody who has signed in; made without a password, whose hashing takes its time."""
    request: Any = RequestFactory().get("/", headers={"Host": settings.PUBLIC_HOST})
    request.tenant, request.session = tenant, SessionStore()
    person.backend = settings.AUTHENTICATION_BACKENDS[-1]
    person.last_login = timezone.now()
    begin(request, person)
    request.session.save()
    return str(request.session.session_key)
