"""What is done between stores and workers: tables, migrations, the tenants of our own, the demo. Each is safe to do
again, and machines that do it at once take turns."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from django_tenants.utils import get_tenant_model

from config.pooling import connect
from config.stack.failures import CannotStart
from config.stack.running import Step
from cqrs.dynamodb.tables import create_tables
from tenants import migrating
from tenants.provisioning import create_public, create_system

TURN = 0x7E4F0111
"""The advisory lock of whoever prepares."""

TURN_TIMEOUT = 600
"""Seconds that one waits for another: as long as migrations of many schemas may take."""


def steps(local: Path) -> list[Step]:
    """What web and worker need; what migrations print goes to `prepare.log`."""
    return [
        Step(title="Tables", work=alone(lambda: str(create_tables()))),
        Step(title="Migrations", work=alone(lambda: migrate(log=_log(local)))),
        Step(title="Public host", work=alone(lambda: str(create_public().get_primary_domain().domain))),
        Step(title="System tenant", work=alone(_system)),
    ]


def demo(local: Path) -> Step:
    """Two tenants with something to look at, made through real commands."""
    return Step(title="Demo", work=lambda: _call("seed_demo", "--pending", log=_log(local)))


def migrate(*, log: Path) -> str:
    """Bring every schema up to date; says so when there was nothing to do."""
    if not due():
        return "nothing to do"
    _call("migrate_schemas", "--shared", log=log)
    return _call("migrate_schemas", "--tenant", log=log)


def due() -> bool:
    """Whether any schema lacks a migration."""
    if migrating.due(["public"]):
        return True
    return bool(migrating.due(get_tenant_model().objects.values_list("schema_name", flat=True)))


def alone(work: Callable[[], str]) -> Callable[[], str]:
    """The same work, while nobody else does such work on this database; it leaves no connection behind, which would
    hold up PostgreSQL's shutdown."""

    def run() -> str:
        with _turn():
            try:
                return work()
            finally:
                connections.close_all()

    return run


def _system() -> str:
    create_system()
    return ""


@contextmanager
def _turn() -> Iterator[None]:
    """A lock that ends with its connection, however this process ends. CannotStart when another keeps it too long."""
    with connect() as holder:
        holder.autocommit = True
        holder.execute(f"SET lock_timeout = '{TURN_TIMEOUT}s'")
        try:
            holder.execute("SELECT pg_advisory_lock(%s)", [TURN])
        except psycopg.errors.LockNotAvailable:
            mend = "wait for it, or end it, and run this again"
            raise CannotStart(f"Another one has been preparing for {TURN_TIMEOUT} s", mend=mend) from None
        yield


def _call(*words: str, log: Path) -> str:
    output = io.StringIO()
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with redirect_stdout(output):  # django-tenants prints; the screen holds on to the real one
            call_command(*words, stdout=output, stderr=output, no_color=True)
    finally:
        connections.close_all()  # the demo runs beside others, and in no turn
        with log.open("a", encoding="utf-8") as file:
            file.write(output.getvalue())
    return ""


def _log(local: Path) -> Path:
    return local / "log" / "prepare.log"
