"""A hash over all that a tenant has: its schema, its rows of control data, its items in DynamoDB."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection
from psycopg import sql

from config.tests.isolation.canaries import control_models, owner_field
from cqrs.dynamodb.client import dynamodb, table
from cqrs.dynamodb.store import SCAN_PAGE
from tenants.models import Tenant, User

LATER = ("last_used_at",)
"""Written a while after the use that it tells of: by the test before, it may be."""


def digest_of(code: str) -> str:
    """The hash; two are the same where nothing whatever has changed."""
    tenant, found = Tenant.objects.get(code=code), sha256()
    for part in (*_schema(tenant.schema_name), *_control(tenant), *_items(code)):
        found.update(part.encode())
    return found.hexdigest()


def _schema(schema: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        named = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY table_name"
        cursor.execute(named, [schema])
        for (name,) in cursor.fetchall():
            lines = sql.SQL("SELECT {}, string_agg(t::text, '\n' ORDER BY t::text) FROM {} t")
            cursor.execute(lines.format(sql.Literal(name), sql.Identifier(schema, name)))
            yield str(cursor.fetchall())


def _control(tenant: Tenant) -> Iterator[str]:
    yield repr(Tenant.objects.filter(pk=tenant.pk).values().get())
    yield repr(list(User.objects.filter(memberships__tenant=tenant).order_by("pk").values()))
    for model in control_models():
        field = owner_field(model)
        whose = tenant.code if field == "tenant_code" else tenant.pk
        rows = model._base_manager.filter(**{str(field): whose}).order_by("pk").values()
        yield model.__name__ + repr([{name: row[name] for name in row if name not in LATER} for row in rows])


def _items(code: str) -> Iterator[str]:
    for name in ("events", "counters"):
        theirs = [item for item in _scan(name, code) if _is_of(code, item) and item["pk"]["S"] != f"CALLS#{code}"]
        found = [json.dumps(item, sort_keys=True) for item in theirs]  # calls are told seconds later, by any process
        yield "\n".join(sorted(found))


def _scan(name: str, code: str) -> Iterator[Any]:
    scan = (
        dynamodb()
        .get_paginator("scan")
        .paginate(
            TableName=table(name),
            ConsistentRead=True,
            FilterExpression="contains(pk, :code)",  # the rest need not come over
            ExpressionAttributeValues={":code": {"S": f"#{code}"}},
            PaginationConfig={"PageSize": SCAN_PAGE},
        )
    )
    for page in scan:
        yield from page["Items"]


def _is_of(code: str, item: Any) -> bool:
    return bool(item["pk"]["S"].rpartition("#")[2] == code)
