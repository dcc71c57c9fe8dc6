"""A person who is erased is nowhere any more: in no column, in no item, in no past; and nothing else has changed."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context
from psycopg import sql

from config.tests.guest_rows import GUESTS, GuestRow
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.client import dynamodb, table
from cqrs.dynamodb.store import DynamoStore
from cqrs.dynamodb.stream import DynamoSource
from cqrs.ledgers import totals_of
from cqrs.log import Log
from cqrs.models import JournalLine, LedgerLine
from cqrs.personal import opened_ip
from cqrs.personal.models import PersonKey
from cqrs.projections import PROJECTIONS
from cqrs.rebuild.past import as_of, pasts
from cqrs.tests.guests import GUEST, NIGHTS, Address, change
from cqrs.tests.place import own_projections
from cqrs.verify import verify
from cqrs.writer import Writer
from face.events import envelope
from face.kept import note
from face.models import AuditLine, Receipt
from tenants.erasure import erase, found
from tenants.models import AddressClaim, Invitation, Membership, Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member, host_for, provision

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Hotel:
    """A tenant with guests, and a word that stands in everything personal of one of them."""

    code: str
    word: str
    ada: User
    store: DynamoStore

    @property
    def tenant(self) -> Tenant:
        tenant: Tenant = Tenant.objects.get(code=self.code)
        return tenant

    @property
    def log(self) -> Log:
        return Log(self.store, self.code)

    def arrive(self, person: str, *, by: User | None = None) -> str:
        """A guest, by way of an address that says who it is; their sort key."""
        front = Writer(self.log, Origin(Actor(f"user:{(by or self.ada).pk}"), ip=f"2001:db8::{self.word}"))
        home = Address(f"1 {self.word} Row", f"{self.word}ville")
        made = front.send(GUEST.create(person=person, room="12", address=home, nights=3, phone=f"+1 {self.word}"))
        front.send(GUEST.ref(made.version.sk).ask(change, room="14"))
        call_command("drain", verbosity=0)
        return made.version.sk

    def places(self) -> set[str]:
        """Where the word stands: columns of Postgres, tables of DynamoDB."""
        return set(columns_with(self.word, [self.tenant.schema_name, "public"])) | set(items_with(self.word))


@pytest.fixture(scope="module", autouse=True)
def hotels(tenants: object) -> Iterator[str]:
    """The code of a tenant whose schema has a table of guests."""
    code = f"h{uuid.uuid4().hex[:10]}"
    tenant = provision(code, name=code, owner_email=f"owner@{code}.example")
    with schema_context(tenant.schema_name), connection.schema_editor() as editor:
        editor.create_model(GuestRow)
    PROJECTIONS["GUEST"] = GUESTS
    yield code
    del PROJECTIONS["GUEST"]


@pytest.fixture
def hotel(hotels: str) -> Hotel:
    """The hotel with a new member, whose name, address and all else hold a word that is theirs alone."""
    word = uuid.uuid4().hex[:12]
    member = add_member(
        Tenant.objects.get(code=hotels),
        email=f"ada.{word}@{hotels}.example",
        name=f"Ada {word}",
        role=Role.ADMIN,
        password=PASSWORD,
    )
    return Hotel(hotels, word, member.user, DynamoStore())


def test_everything_personal_is_gone_and_nothing_else_has_changed(hotel: Hotel) -> None:
    ada, person = hotel.ada, f"user:{hotel.ada.pk}"
    sk = hotel.arrive(person)
    _leave_traces(hotel)
    with _projected():
        as_of(hotel.code, datetime.now(UTC), store=hotel.store, by="test")
    before, ledger = _totals(hotel), _ledger(hotel)
    assert {"guest.street", "guest.phone", "tenants_user.email", "tenants_user.name"} <= hotel.places()
    assert not [each for each in hotel.places() if each in ("journal.attributes", "journal.args", "events", "counters")]

    told = _run(f"Ada.{hotel.word}@{hotel.code}.example", reason=f"asked by ada.{hotel.word}@{hotel.code}.example")

    assert told.startswith(f"{person}: 1 keys destroyed, 1 memberships ended")
    assert hotel.places() == set()
    assert (_totals(hotel), _ledger(hotel)) == (before, ledger)
    assert _verified(hotel) == []
    for version in hotel.log.history(GUEST, sk):
        assert version.state.address == Address("erased", "erased")
        assert (version.state.phone, version.state.nights, version.by, opened_ip(version)) == (
            "erased",
            3,
            person,
            "erased",
        )
    with schema_context(hotel.tenant.schema_name):
        assert GuestRow._default_manager.get(sk=sk).street == "erased"
        told_events = [envelope(line) for line in JournalLine.objects.filter(sk=sk)]
    assert {each["data"]["phone"] for each in told_events} == {"erased"}
    assert pasts(hotel.code) == []
    assert not Membership.objects.filter(user=ada).exists()
    gone = User.objects.get(pk=ada.pk)
    assert (gone.email, gone.name, gone.is_active) == (f"erased-{ada.pk}@erased.invalid", "", False)
    assert not [each for each in Session.objects.all() if each.get_decoded().get("_auth_user_id") == str(ada.pk)]
    line = AuditLine.objects.get(tenant_code=hotel.code, action="person.erased", subject=person)
    assert line.reason == f"asked by {gone.email}"


def test_as_of_shows_erased(hotel: Hotel) -> None:
    sk = hotel.arrive(f"user:{hotel.ada.pk}")
    then = datetime.now(UTC)
    _erase(hotel)
    with _projected():
        past = as_of(hotel.code, then, store=hotel.store, by="test")
    statement = sql.SQL("SELECT street FROM {} WHERE sk = %s").format(sql.Identifier(past.schema, "guest"))
    with connection.cursor() as cursor:
        cursor.execute(statement, [sk])
        assert cursor.fetchone() == ("erased",)
    call_command("as_of", hotel.code, then.isoformat(), drop=True, verbosity=0)


def test_the_last_owner_is_refused_with_nothing_done(hotel: Hotel) -> None:
    owner = User.objects.get(email=f"owner@{hotel.code}.example")
    with pytest.raises(CommandError, match=f"only owner of {hotel.code}"):
        _run(owner.email)
    assert User.objects.get(pk=owner.pk).is_active
    assert Membership.objects.filter(user=owner).exists()


def test_what_was_stopped_goes_on_by_the_same_address(hotel: Hotel) -> None:
    hotel.arrive(f"user:{hotel.ada.pk}")

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _erase(hotel, tell=stop)
    assert not User.objects.get(pk=hotel.ada.pk).is_active
    _erase(hotel)
    assert hotel.places() == set()
    again = found(str(hotel.ada.pk))
    assert erase(again, everywhere=True, store=hotel.store, by="test", reason="again", within=0.01).keys == 0


def test_whoever_is_no_user_is_erased_in_their_tenant_alone(hotel: Hotel) -> None:
    owner, customer = User.objects.get(email=f"owner@{hotel.code}.example"), f"customer:{uuid.uuid4().hex[:6]}"
    mine = hotel.arrive(customer, by=owner)
    other = hotel.arrive(f"customer:{uuid.uuid4().hex[:6]}", by=owner)
    person = found(customer, tenant=hotel.tenant)
    assert erase(person, everywhere=False, store=hotel.store, by="test", reason="asked", within=0.01).keys == 1
    assert hotel.log.get(GUEST, mine).state.phone == "erased"
    assert hotel.log.get(GUEST, other).state.phone == f"+1 {hotel.word}"
    assert User.objects.get(pk=owner.pk).is_active


@pytest.mark.parametrize("named", ["nobody@nowhere.example", "customer:nobody", "99999999", "user:99999999"])
def test_nobody_is_not_erased(hotel: Hotel, named: str) -> None:
    for tenant in (None, hotel.code):
        with pytest.raises(CommandError, match="nothing is kept"):
            _run(named, tenant=tenant)
    assert not PersonKey.objects.filter(person=named).exists()


def _leave_traces(hotel: Hotel) -> None:
    """A session, an audit line, an answer that is remembered; addresses that were theirs and are to be."""
    browser, email = Client(headers={"host": host_for(hotel.code)}), hotel.ada.email
    assert browser.login(username=email, password=PASSWORD)
    line = note(None, tenant=hotel.code, by=f"user:{hotel.ada.pk}", action="member.invited", subject=email)
    AuditLine.objects.filter(pk=line.pk).update(ip="2001:db8::7", detail={"name": hotel.ada.name, "email": email})
    Receipt.objects.create(tenant_code=hotel.code, key=hotel.word[:6], digest="", answer={"email": email.upper()})
    then = {"tenant": hotel.tenant, "expires_at": datetime.now(UTC)}
    Invitation.objects.create(email=f"{hotel.word}@before.example", role="member", accepted_by=hotel.ada, **then)
    AddressClaim.objects.create(email=f"{hotel.word}@after.example", user=hotel.ada, **then)


def _erase(hotel: Hotel, **options: Any) -> None:
    person = found(hotel.ada.email)
    erase(person, everywhere=True, store=hotel.store, by="test", reason="asked", within=0.01, **options)


def _run(person: str, *, reason: str = "asked", tenant: str | None = None) -> str:
    out = StringIO()
    call_command("erase_person", person, reason=reason, tenant=tenant, stdout=out)
    return out.getvalue()


@contextmanager
def _projected() -> Iterator[None]:
    """Without the entities of other test files, with the guests."""
    with own_projections():
        PROJECTIONS["GUEST"] = GUESTS
        yield


def _verified(hotel: Hotel) -> list[object]:
    with _projected():
        return list(verify([hotel.code], source=DynamoSource(), store=hotel.store, wait=0))


def _totals(hotel: Hotel) -> dict[str, int]:
    with schema_context(hotel.tenant.schema_name):
        return totals_of(NIGHTS, "all")


def _ledger(hotel: Hotel) -> list[tuple[int, int]]:
    with schema_context(hotel.tenant.schema_name):
        return list(LedgerLine.objects.values_list("delta", "balance").order_by("position"))


def columns_with(word: str, schemas: Sequence[str]) -> Iterator[str]:
    """Every column of every table, whatever its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema = ANY(%s)",
            [list(schemas)],
        )
        for schema, name, column in cursor.fetchall():
            look = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {}::text ILIKE %s)")
            cursor.execute(look.format(sql.Identifier(schema, name), sql.Identifier(column)), [f"%{word}%"])
            if cursor.fetchone() == (True,):
                yield f"{name}.{column}"


def items_with(word: str) -> Iterator[str]:
    """Every item of both tables."""
    for name in ("events", "counters"):
        for page in dynamodb().get_paginator("scan").paginate(TableName=table(name)):
            if any(word in repr(item) for item in page["Items"]):
                yield name
