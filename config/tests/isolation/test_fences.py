"""The fences below the code: Postgres, the log's handle, Celery, the cache, and the checks that find one missing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from celery import shared_task
from django.core import checks
from django.core.cache import cache
from django.db import IntegrityError, connection, models
from django_tenants.utils import schema_context

from config.celery import _fenced, app
from config.checks import own_tasks, tenant_models
from config.tests.isolation.canaries import row_of
from config.tests.isolation.place import Place
from cqrs.log import ForeignKey
from cqrs.queues import Queue
from cqrs.store import Keep, Move, Receipt, Take, Write
from cqrs.tenant_tasks import CommonTask, TenantRefused, TenantTask
from tenants.models import Tenant


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model.__name__)
def test_postgres_refuses_a_row_of_another_tenant(both: Place, model: type[models.Model]) -> None:
    row = row_of(model, both.victim.tenant, both.victim.member("owner"))
    with schema_context(both.other.tenant.schema_name), pytest.raises(IntegrityError, match=both.victim.code):
        model._base_manager.bulk_create([row])


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model.__name__)
def test_postgres_refuses_to_give_a_row_to_another_tenant(both: Place, model: type[models.Model]) -> None:
    rows = model._base_manager.filter(pk=both.rows[model].pk)
    with schema_context(both.victim.tenant.schema_name), pytest.raises(IntegrityError, match=both.other.code):
        rows.update(tenant_id=both.other.code)


@pytest.mark.parametrize("kind", [Keep, Take, Move], ids=lambda kind: kind.__name__)
def test_a_log_takes_no_write_of_another_tenant(unharmed: Place, kind: Any) -> None:
    code = unharmed.victim.code
    writes: dict[Any, Write] = {
        Keep: Keep(Receipt(code, "k", "0", 200, "id", 1, "c", None)),
        Take: Take(f"SEQ#{code}", "TODO", 0),
        Move: Move(f"STOCK#{code}", "SKU-1", {"available": 1}),
    }
    with pytest.raises(ForeignKey):
        unharmed.other.writer().log.write([writes[kind]], token=uuid4().hex)


def found(code: str) -> set[object]:
    return {each.obj for each in checks.run_checks(tags=["tenfold"]) if each.id == f"tenfold.{code}"}


def test_all_checks_pass(both: Place) -> None:
    assert not checks.run_checks(tags=["tenfold"])


def test_a_tenant_model_without_a_fence_is_found(settings: Any) -> None:
    settings.TENANT_APPS = [*settings.TENANT_APPS, "face"]
    assert {getattr(each, "__name__", "") for each in found("E001")} >= {"AuditLine", "Receipt"}


def test_a_task_without_a_tenant_is_found() -> None:
    @app.task(name="stray")
    def stray() -> None: ...

    try:
        assert found("E002") == {"stray"}
    finally:
        app.tasks.unregister("stray")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "E003"),
        ("SESSION_COOKIE_DOMAIN", ".tenfold.example", "E004"),
        ("CSRF_COOKIE_DOMAIN", ".tenfold.example", "E004"),
    ],
)
def test_a_setting_that_would_join_tenants_is_found(settings: Any, name: str, value: object, code: str) -> None:
    setattr(settings, name, value)
    assert found(code)
    with pytest.raises(SystemExit, match=code):  # and no worker starts
        _fenced()


def test_nobody_reads_what_another_tenant_has_cached(both: Place) -> None:
    key, schemas = uuid4().hex, [both.victim.tenant.schema_name, both.other.tenant.schema_name, "public"]
    for schema in schemas:
        with schema_context(schema):
            assert cache.get(key) is None
            cache.set(key, schema)
    for schema in schemas:
        with schema_context(schema):
            assert cache.get(key) == schema
            cache.delete(key)


@pytest.fixture(scope="module")
def where() -> Iterator[Any]:
    """A task of a tenant that tells where it runs."""

    @shared_task(name="tests.where", base=TenantTask, kind=Queue.SHORT)
    def where(*, tenant: str, fails: bool = False) -> tuple[object, object]:
        if fails:
            raise ZeroDivisionError
        return connection.schema_name, structlog.contextvars.get_contextvars()["tenant"]  # type: ignore[attr-defined]

    yield where
    app.tasks.unregister("tests.where")


def schema() -> str:
    return str(connection.schema_name)  # type: ignore[attr-defined]


def test_a_task_runs_in_its_tenant_and_leaves_it(both: Place, where: Any) -> None:
    structlog.contextvars.clear_contextvars()  # this thread's last request
    assert where(tenant=both.other.code) == (both.other.tenant.schema_name, both.other.code)
    assert schema() == "public"
    assert "tenant" not in structlog.contextvars.get_contextvars()


def test_a_task_that_fails_leaves_its_tenant_too(both: Place, where: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        where(tenant=both.other.code, fails=True)
    assert schema() == "public"


def test_a_task_of_a_tenant_that_is_unknown_or_not_active_is_refused(both: Place, where: Any) -> None:
    with pytest.raises(TenantRefused):
        where(tenant="nobody")
    tenants = Tenant.objects.filter(pk=both.other.tenant.pk)
    tenants.update(state=Tenant.State.SUSPENDED)
    try:
        with pytest.raises(TenantRefused):
            where(tenant=both.other.code)
    finally:
        tenants.update(state=Tenant.State.ACTIVE)


def test_a_task_cannot_be_asked_for_without_its_tenant(where: Any) -> None:
    with pytest.raises(TypeError, match="tenant"):
        where.apply_async()


def test_tasks_of_tenants_touch_nobody_elses(unharmed: Place) -> None:
    asked: dict[str, dict[str, Any]] = {
        "cqrs.rebuild": {"types": [], "by": "staff:1", "reason": "isolation"},
        "webhooks.work": {"endpoint": unharmed.victim.things["webhook"]},
    }
    tasks = {name: task for name, task in own_tasks() if isinstance(task, TenantTask) and name != "tests.where"}
    assert tasks.keys() == asked.keys(), "say here with what each task of a tenant is asked"
    for name, task in tasks.items():
        task(tenant=unharmed.other.code, **asked[name])
        with pytest.raises(TenantRefused):
            task(tenant="nobody", **asked[name])


def test_tasks_of_no_tenant_say_why() -> None:
    assert all(task.without_tenant for _, task in own_tasks() if isinstance(task, CommonTask))
