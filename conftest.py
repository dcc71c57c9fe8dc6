"""Fixtures of the whole suite: real stores (started by `config.stack.testing`) and two tenants, once a worker.

Tests share the stores and never roll back or flush: the code under test commits from its own threads and processes, as
it does in production. So each makes what it needs and looks only at that.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

OWNER, VIEWER, PASSWORD = "owner@{}.example", "viewer@{}.example", "correct horse battery"


@dataclass(frozen=True)
class TestTenant:
    """A tenant with an owner, a viewer and a key that may do everything."""

    __test__ = False

    code: str
    host: str
    schema: str
    owner: str
    viewer: str
    password: str
    key: str


@pytest.fixture(scope="session", autouse=True)
def _quick_clients(django_test_environment: None) -> Iterator[None]:
    """A client builds the middlewares anew, of which WhiteNoise would look for all static files each time; now it looks
    for the one that is asked for, where it lies. Processes that tests start serve collected ones."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True, STORAGES=settings.STORAGES | plain
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database for this worker, whatever the collected tests are marked with."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        yield
        logging.disable()  # they would complain, where nobody listens any more
        with connection.cursor() as cursor:  # threads of the code under test listen until their process ends
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connections.close_all()
        connection.close_pool()  # type: ignore[attr-defined]  # of Postgres alone; it would connect again
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def tenants(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, TestTenant]]:
    """The two tenants, acme and globex; the database stays open from here on."""
    from billing.metering import METER  # noqa: PLC0415  # imported once the settings are configured
    from cqrs.dynamodb.tables import create_tables  # noqa: PLC0415
    from tenants.provisioning import create_public  # noqa: PLC0415

    with django_db_blocker.unblock():
        create_tables()
        create_public()
        yield {code: make_tenant(code) for code in ("acme", "globex")}
        METER.flush()  # while DynamoDB is there


@pytest.fixture
def acme(tenants: dict[str, TestTenant]) -> TestTenant:
    return tenants["acme"]


@pytest.fixture
def globex(tenants: dict[str, TestTenant]) -> TestTenant:
    return tenants["globex"]


@pytest.fixture(scope="session")
def initech(tenants: dict[str, TestTenant], django_db_blocker: DjangoDbBlocker) -> TestTenant:
    """A tenant that nobody shows anything of but what its log holds, so that it can be made again from there."""
    with django_db_blocker.unblock():
        return make_tenant("initech")


class Api:
    """A program that speaks to one tenant's API: JSON in, JSON out."""

    def __init__(self, tenant: TestTenant, *, key: str | None = "own") -> None:
        self.tenant, self._key = tenant, tenant.key if key == "own" else key

    def __call__(self, method: str, path: str, body: object = None, /, **headers: str) -> Any:
        """The response; `if_match="7"` is the header If-Match. A `bytes` body is sent as it is."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"host": self.tenant.host}
        if self._key:
            sent["authorization"] = f"Bearer {self._key}"
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        url = path if path.startswith("http") else f"/api/v1/{path}"
        client = Client(raise_request_exception=False)
        try:
            return client.generic(method, url, data, "application/json", headers=sent)
        finally:
            if current_thread() is not main_thread():
                connections.close_all()  # a server does this at the end of a request, the test client does not

    def drain(self) -> None:
        """Show everything that was written."""
        call_command("drain", verbosity=0)


@pytest.fixture
def api(acme: TestTenant) -> Api:
    """acme's API, with a key that may do everything."""
    return Api(acme)


def make_tenant(code: str) -> TestTenant:
    """A tenant with an owner, a viewer and a key."""
    from tenants.keys import create_key  # noqa: PLC0415
    from tenants.models import User  # noqa: PLC0415
    from tenants.principal import Role  # noqa: PLC0415
    from tenants.provisioning import add_member, host_for, provision  # noqa: PLC0415

    tenant = provision(code, name=code.title(), owner_email=OWNER.format(code), password=PASSWORD)
    add_member(tenant, email=VIEWER.format(code), role=Role.VIEWER, password=PASSWORD)
    User.objects.filter(memberships__tenant=tenant).update(confirmed_at=timezone.now())  # no banner asks them to
    _, key = create_key(tenant, name="tests", scopes=frozenset({"*"}))
    people = OWNER.format(code), VIEWER.format(code), PASSWORD
    return TestTenant(code, host_for(code), tenant.schema_name, *people, key)
