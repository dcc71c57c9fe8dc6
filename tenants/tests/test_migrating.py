"""Bringing schemas up to date: each that lacks something gets it, and whatever lacks nothing costs nothing."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from tenants import migrating
from tenants.models import TEMPLATE, Tenant
from tenants.provisioning import pool
from tenants.tests.catalogue import catalogue


@pytest.fixture
def bare(tenants: Any) -> Any:
    """A tenant whose schema is empty."""
    name = uuid4().hex[:16]
    tenant: Tenant = Tenant.objects.create(code=f"pool-{name}", name="Bare", schema_name=f"t_{name}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(tenant.schema_name)))
    yield tenant
    tenant.delete()


def all_schemas() -> list[str]:
    return list(Tenant.objects.exclude(code="public").values_list("schema_name", flat=True))


def test_a_bare_schema_becomes_like_all_others(bare: Tenant) -> None:
    assert migrating.due(all_schemas()) == [bare.schema_name]
    call_command("migrate_schemas", tenant=True, verbosity=0)
    assert migrating.due(all_schemas()) == []
    with connection.cursor() as cursor:
        pattern = Tenant.objects.get(code=TEMPLATE).schema_name
        assert catalogue(cursor, bare.schema_name) == catalogue(cursor, pattern)


def test_a_copy_lacks_what_its_record_lacks(bare: Tenant) -> None:
    made = pool.make()
    with connection.cursor() as cursor:
        record = sql.Identifier(made.schema_name, "django_migrations")
        cursor.execute(sql.SQL("DELETE FROM {} WHERE app = 'sessions'").format(record))  # its tables are public
    told: list[tuple[str, int, int]] = []
    assert migrating.migrate([made.schema_name, bare.schema_name], tell=lambda *each: told.append(each)) == 2
    assert sorted(told, key=lambda each: each[1]) == [(told[0][0], 1, 2), (told[1][0], 2, 2)]
    assert migrating.due([made.schema_name, bare.schema_name]) == []
    made.delete()


@pytest.mark.usefixtures("tenants")
def test_where_nothing_is_due_all_of_them_cost_two_queries() -> None:
    schemas = all_schemas()
    with CaptureQueriesContext(connection) as asked:
        assert migrating.due(schemas) == []
    assert len([each for each in asked.captured_queries if "search_path" not in each["sql"]]) == 2


@pytest.mark.usefixtures("tenants")
def test_what_has_no_schema_lacks_nothing() -> None:
    assert migrating.due(["t_gone"]) == []
    assert migrating.migrate(["t_gone"]) == 0
