"""What is done between stores and workers: tables, migrations, the demo. Each is safe to do again."""

import io
from contextlib import redirect_stdout
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django_tenants.utils import get_tenant_model

from config.stack.running import Step
from tenants import migrating


def steps(local: Path) -> list[Step]:
    """What the worker needs; what it prints goes to `prepare.log`."""
    log = _log(local)
    return [
        Step(title="Tables", work=lambda: _call("create_tables", log=log)),
        Step(title="Migrations", work=lambda: migrate(log=log)),
        Step(title="System tenant", work=lambda: _call("create_system", log=log)),
    ]


def demo(local: Path) -> Step:
    """Two tenants with something to look at, made through real commands."""
    return Step(title="Demo", work=lambda: _call("seed_demo", "--pending", log=_log(local)))


def migrate(*, log: Path) -> str:
    """Bring every schema up to date; says so when there was nothing to do."""
    try:
        if not due():
            return "nothing to do"
    finally:
        connections.close_all()
    _call("migrate_schemas", "--shared", log=log)
    return _call("migrate_schemas", "--tenant", log=log)


def due() -> bool:
    """Whether any schema lacks a migration."""
    if migrating.due(["public"]):
        return True
    return bool(migrating.due(get_tenant_model().objects.values_list("schema_name", flat=True)))


def _call(*words: str, log: Path) -> str:
    output = io.StringIO()
    try:
        with redirect_stdout(output):  # django-tenants prints; the screen holds on to the real one
            call_command(*words, stdout=output, stderr=output, no_color=True)
    finally:
        connections.close_all()  # this thread's connection would hold PostgreSQL's shutdown up
        with log.open("a", encoding="utf-8") as file:
            file.write(output.getvalue())
    return ""


def _log(local: Path) -> Path:
    return local / "log" / "prepare.log"
