"""A tenant goes into a file and comes out as another one: the same versions, rows, counters, people and numbers."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db.transaction import atomic
from django_tenants.utils import schema_context

from cqrs.decide import Origin
from cqrs.domain import Actor, Rotation, partition
from cqrs.dynamodb.store import DynamoStore
from cqrs.jobs.models import Job
from cqrs.log import Log
from cqrs.models import JournalLine, Total
from cqrs.numbering.models import FIELDS, SequenceSetting
from cqrs.numbering.settings import keep
from cqrs.personal import opened_ip
from cqrs.personal.models import PersonKey
from cqrs.projections import PROJECTIONS, journals
from cqrs.reactions.models import Cursor
from cqrs.tests.guests import GUEST, Address
from cqrs.tests.place import Place, own_projections, place_with_todos
from cqrs.tests.shop import BASKET, PLAN, QUOTA, STOCK
from cqrs.writer import Writer
from face.models import AuditLine
from tenants.archive import control, from_file, from_tenant, restore
from tenants.models import Membership, Tenant
from tenants.principal import Role
from tenants.provisioning import add_member, provision
from todos.domain import TODO, edit
from todos.models import TodoRow
from webhooks.endpoints import made
from webhooks.models import Endpoint


@pytest.fixture(scope="module")
def place(tenants: object) -> Iterator[Place]:
    """A tenant of this file's own, with a plan, a numbering of its own and a second member."""
    for place in place_with_todos(DynamoStore()):
        place.writer.send(PLAN.create(baskets=7))
        numbered = dict.fromkeys(FIELDS, "") | {"format": "X-%%no%%", "rotation": Rotation.NONE}
        keep(place.code, "BASKET", numbered | {"start_month": None, "register_date": None}, by="user:1")
        tenant = Tenant.objects.get(code=place.code)
        add_member(tenant, email=f"ada@{place.code}.example", role=Role.ADMIN, name="Ada")
        with atomic():
            made(tenant, url="https://hooks.example/", events=["todo.*"], description="", by="user:1")
        place.drain()
        yield place


@pytest.fixture(scope="module")
def file(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "tenant.zip"
    told = run("export_tenant", place.code, to=path)
    assert f"{place.code}: {len(facts(place.schema))} facts" in told
    return path


def test_a_file_holds_every_version_in_the_journals_order_and_a_manifest(place: Place, file: Path) -> None:
    with ZipFile(file) as archive:
        events = [json.loads(line) for line in archive.read("facts.ndjson").splitlines()]
        manifest, set_up = json.loads(archive.read("manifest.json")), json.loads(archive.read("control.json"))
        people, webhooks = set_up["people"], set_up["also"]["webhooks"]
        counters = [json.loads(line) for line in archive.read("counters.ndjson").splitlines()]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    [edited] = [each for each in events if each["data"]["attributes"].get("name") == "oat milk"]
    assert (edited["type"], edited["data"]["rule"], edited["data"]["version"]) == ("todo.edited", "edit", 2)
    assert manifest["facts"] == len(events) == sum(manifest["types"].values())
    assert webhooks == [{"url": "https://hooks.example/", "events": ["todo.*"], "description": ""}], "and no secret"
    assert [each["email"] for each in people] == [f"owner@{place.code}.example", f"ada@{place.code}.example"]
    assert {"kind": "STOCK", "key": "pear", "numbers": {"on_hand": 5, "available": 4, "reserved": 1}} in counters
    assert file.stat().st_mode & 0o077 == 0
    half = datetime.fromisoformat(events[len(events) // 2]["time"])
    told = [fact.at for fact in from_file(file, as_of=half).facts()]
    assert 0 < len(told) < len(events)
    assert max(told) == half


def test_a_restored_tenant_has_the_same_versions_rows_counters_people_and_numbers(place: Place, file: Path) -> None:
    new = code()
    told = run("restore_tenant", file, into=new)
    assert "clean" in told
    copy = Tenant.objects.get(code=new)
    assert facts(copy.schema_name) == facts(place.schema)
    assert rows(copy.schema_name) == rows(place.schema)
    assert totals(copy.schema_name) == totals(place.schema)
    store = place.store
    for counter in (STOCK, QUOTA):
        there, here = (list(store.counters(partition(counter.kind, each))) for each in (place.code, new))
        assert there == here
    assert store.number(partition("SEQ", new), "BASKET") == 2
    assert store.number(partition("SEQ", new), "TODO") == store.number(partition("SEQ", place.code), "TODO")
    roles = {each.user.email: each.role for each in Membership.objects.filter(tenant=copy)}
    assert roles == {f"owner@{place.code}.example": "owner", f"ada@{place.code}.example": "admin"}
    with schema_context(copy.schema_name):
        assert SequenceSetting.objects.get().format == "X-%%no%%"
    [webhook] = Endpoint.objects.filter(tenant=copy)
    assert (webhook.url, webhook.is_active, bool(webhook.disabled_reason)) == ("https://hooks.example/", False, True)
    assert copy.state == Tenant.State.ACTIVE
    done = AuditLine.objects.filter(tenant_code__in=(place.code, new), by="manage.py").order_by("pk")
    assert [line.action for line in done] == ["tenant.exported", "tenant.restored"]
    newest = max(fact["at"] for fact in facts(place.schema))
    assert all(each.since > newest for each in Cursor.objects.filter(tenant_code=new)), "no handler reacts to the past"


def test_a_tenant_is_restored_as_its_log_was_at_a_time(place: Place) -> None:
    sk = place.todo("then")
    place.drain()
    then = datetime.now(UTC)
    place.writer.send(TODO.ref(sk).ask(edit, name="now"), BASKET.create(lines=(("pear", 1),)))
    new = code()
    assert "clean" in run("restore_tenant", place.code, into=new, as_of=then)
    copy = Tenant.objects.get(code=new)
    with schema_context(copy.schema_name):
        assert TodoRow.objects.get(sk=sk).name == "then"
    assert place.store.counter(partition("STOCK", new), "pear")["available"] == 4
    assert place.store.number(partition("SEQ", new), "BASKET") == 2


def test_nothing_is_restored_over_a_tenant_that_is_there(place: Place, file: Path) -> None:
    for into in (place.code, None):
        with pytest.raises(CommandError, match="already"):
            run("restore_tenant", file, into=into)
    assert place.verify() == []


def test_what_was_exported_once_is_not_written_over(place: Place, file: Path) -> None:
    with pytest.raises(CommandError, match="already"):
        run("export_tenant", place.code, to=file)


@pytest.mark.parametrize("named", ["public", "nobody-there"])
def test_what_is_nobodys_tenant_is_neither_exported_nor_copied(tmp_path: Path, named: str) -> None:
    with pytest.raises(CommandError, match="no such tenant"):
        run("export_tenant", named, to=tmp_path / "x.zip")
    with pytest.raises(CommandError, match="neither a file nor a tenant"):
        run("restore_tenant", named, into=code())


@pytest.mark.parametrize("name", ["facts.ndjson", "counters.ndjson", "control.json", "manifest.json", "none of them"])
def test_a_corrupt_file_is_refused_with_nothing_done(file: Path, tmp_path: Path, name: str) -> None:
    bad, new = tmp_path / "bad.zip", code()
    with ZipFile(file) as good, ZipFile(bad, "w") as archive:
        for each in good.namelist():
            text = good.read(each)
            archive.writestr(each, text.replace(b"1", b"2", 3) if each == name else text)
    if name == "none of them":
        bad.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(CommandError, match="nothing was done"):
        run("restore_tenant", bad, into=new)
    assert not Tenant.objects.filter(code=new).exists()
    assert not Job.objects.filter(tenant_code=new).exists()


def test_a_restore_that_was_stopped_is_held_and_finished_by_the_same_one(place: Place) -> None:
    source, new, stopped = from_tenant(Tenant.objects.get(code=place.code), store=place.store), code(), []

    def stop(what: str, done: int, total: int) -> None:
        stopped.append(what)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), own_projections():
        restore(source, into=new, store=place.store, by="test", tell=stop)
    assert Tenant.objects.get(code=new).state == Tenant.State.HELD
    assert "clean" in run("restore_tenant", place.code, into=new)
    assert facts(Tenant.objects.get(code=new).schema_name) == facts(place.schema)
    with pytest.raises(CommandError, match="already"):
        run("restore_tenant", place.code, into=new)


def test_what_is_personal_is_open_in_the_file_and_sealed_with_new_keys_in_the_copy(
    place: Place, tmp_path: Path
) -> None:
    old, new, file = code(), code(), tmp_path / "guests.zip"
    provision(old, name=old, owner_email=f"owner@{place.code}.example")
    front = Writer(Log(place.store, old), Origin(Actor("user:1"), ip="2001:db8::7"))
    home = Address(f"1 {old} Row", "Lisbon")
    journals(GUEST)
    try:
        guest = front.send(GUEST.create(person="customer:1", room="12", address=home, nights=3)).version
        run("export_tenant", old, to=file)
        with ZipFile(file) as archive:
            assert f"1 {old} Row" in archive.read("facts.ndjson").decode()
        assert "clean" in run("restore_tenant", file, into=new)
        copy = Log(place.store, new).get(GUEST, guest.sk)
        assert (copy.state, opened_ip(copy)) == (guest.state, "2001:db8::7")
        assert old not in repr(place.store.read(copy.id))
        persons = PersonKey.objects.filter(tenant_code=new).values_list("person", flat=True)
        assert set(persons) == {"user:1", "customer:1"}
    finally:
        del PROJECTIONS["GUEST"]


def test_every_table_of_a_tenant_is_exported_or_follows_from_its_log(tenants: object) -> None:
    assert control.unclassified() == []


def code() -> str:
    return f"r{uuid.uuid4().hex[:10]}"


def run(name: str, *args: Any, **options: Any) -> str:
    out = StringIO()
    with own_projections():
        call_command(name, *map(str, args), stdout=out, **options)
    return out.getvalue()


def facts(schema: str) -> list[dict[str, Any]]:
    """Each version, but for whose it is."""
    with schema_context(schema):
        return [
            {name: value for name, value in line.items() if name not in ("tenant_id", "entity_id", "position")}
            for line in JournalLine.objects.order_by("sk", "version").values()
        ]


def rows(schema: str) -> list[dict[str, Any]]:
    with schema_context(schema):
        own = ("tenant_id", "id", "partition")
        return [{k: v for k, v in row.items() if k not in own} for row in TodoRow.objects.order_by("sk").values()]


def totals(schema: str) -> dict[str, int]:
    with schema_context(schema):
        return dict(Total.objects.values_list("id", "total"))
