"""Long commands are killed in the middle, in a process of their own, and asked for again: they end whole."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from config.environment import ROOT
from config.tests.test_end_to_end import on_these_stores
from config.tests.test_erase_person import columns_with, items_with
from config.tests.test_export_and_restore import facts, rows, run
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.jobs.models import Job
from cqrs.jobs.running import DEAD
from cqrs.log import Log
from cqrs.personal.models import PersonKey
from cqrs.tests.test_reacting_worker import until
from cqrs.writer import Writer
from face.models import AuditLine
from tenants.models import Membership, Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member, provision
from todos.domain import TODO

TODOS = 120


@pytest.fixture(scope="module")
def site(tenants: object) -> tuple[Tenant, User]:
    """A tenant with todos, and who has made them."""
    word = f"w{uuid4().hex[:12]}"
    tenant = provision(word[:8], name="Killed", owner_email=f"owner@{word[:8]}.example")
    ada = add_member(tenant, email=f"ada.{word}@killed.example", role=Role.ADMIN, name=f"Ada {word}").user
    writer = Writer(Log(store(), tenant.code), Origin(Actor(f"user:{ada.pk}"), ip=f"2001:db8::{word}"))

    def make(number: int) -> None:
        try:
            writer.send(TODO.create(name=f"todo {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make, range(TODOS)))
    call_command("drain", verbosity=0)
    return tenant, ada


def killed(*command: str, once: Callable[[], bool]) -> None:
    """Run the command, and kill it as soon as that holds."""
    words = [sys.executable, "manage.py", *command]
    process = subprocess.Popen(words, cwd=ROOT, env=on_these_stores(), stdout=subprocess.DEVNULL)
    try:
        until(lambda: once() or process.poll() is not None)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL, "it had ended before"
    Job.objects.filter(state=Job.State.RUNNING).update(seen_at=timezone.now() - 2 * DEAD)  # so long ago is that


def opened(tenant: Tenant) -> list[dict[str, Any]]:
    """Its versions, but for what is sealed with keys of its own."""
    return [{name: value for name, value in each.items() if name != "ip"} for each in facts(tenant.schema_name)]


def test_a_restore_that_is_killed_is_held_and_the_same_one_makes_it_whole(site: tuple[Tenant, User]) -> None:
    old, new = site[0], f"k{uuid4().hex[:12]}"
    begun = Tenant.objects.filter(code=new).exists
    killed("restore_tenant", old.code, f"--into={new}", once=begun)
    copy = Tenant.objects.get(code=new)
    assert (copy.state, len(facts(copy.schema_name)) < TODOS) == (Tenant.State.HELD, True)
    assert "clean" in run("restore_tenant", old.code, into=new)
    assert Tenant.objects.get(code=new).state == Tenant.State.ACTIVE
    assert opened(copy) == opened(old)
    assert rows(copy.schema_name) == rows(old.schema_name)


def test_an_erasure_that_is_killed_goes_on_and_leaves_nothing(site: tuple[Tenant, User]) -> None:
    tenant, ada = site
    word, person = ada.name.removeprefix("Ada "), f"user:{ada.pk}"
    done = AuditLine.objects.filter(tenant_code=tenant.code, action="person.erased", subject=person)
    killed("erase_person", ada.email, "--reason=asked", once=done.exists)
    ada.refresh_from_db()
    assert (ada.is_active, Membership.objects.filter(user=ada).exists()) == (False, True), "half-way"
    assert not PersonKey.objects.filter(person=person, wrapped__isnull=False).exists()
    run("erase_person", ada.email, reason="asked")
    assert not Membership.objects.filter(user=ada).exists()
    assert not [*columns_with(word, [tenant.schema_name, "public"]), *items_with(word)]
    assert done.count() >= 1
