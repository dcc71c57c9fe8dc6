"""Work that a worker does in one tenant: in its schema, under its name in the logs, and only while it may.

    @shared_task(name="cqrs.rebuild", base=TenantTask, kind=Queue.LONG, ignore_result=True)
    def rebuild_rows(*, tenant: str, …) -> None: …

A task of no tenant says why: `@shared_task(…, base=CommonTask, without_tenant="it rings for all of them")`. What does
neither is found by the check `tenfold.E002`, what names no kind by `tenfold.E005` (config/checks.py).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from celery import Task
from django.db import connection
from django_tenants.utils import get_tenant_model, schema_context
from structlog.contextvars import bound_contextvars

from cqrs.queues import TIME_LIMITS, Queue
from cqrs.time_limits import WATCH


class TenantRefused(Exception):
    """This task's tenant is unknown, or in a state in which the task does not run. Nothing was done."""


class LimitedTask(Task[Any, Any]):
    """A task of one kind of work, whose time limit it has."""

    abstract = True
    kind: ClassVar[Queue | None] = None
    """Where it waits (config/celery.py routes it there)."""

    def __init_subclass__(cls, **options: Any) -> None:
        """`time_limit` is Celery's own: pools of processes keep it, and messages say it."""
        super().__init_subclass__(**options)
        if cls.kind:
            cls.time_limit = int(TIME_LIMITS[cls.kind])

    def limited(self, *args: Any, **options: Any) -> Any:
        """Run within the time limit."""
        with WATCH.limit(self.name, seconds=self.time_limit or TIME_LIMITS[Queue.SHORT]):
            return self.run(*args, **options)


class TenantTask(LimitedTask):
    """A task that takes its tenant's code as the keyword `tenant`."""

    abstract = True
    in_states: ClassVar[Collection[str]] = ("active",)
    """States of a tenant in which it runs."""

    def __call__(self, *args: Any, tenant: str, **options: Any) -> Any:
        """Run in the tenant. TenantRefused."""
        with bound_contextvars(tenant=tenant, task=self.name), entered(tenant, in_states=self.in_states):
            return self.limited(*args, tenant=tenant, **options)


class CommonTask(LimitedTask):
    """A task of no tenant in particular. It leaves no connection behind in the worker's thread."""

    abstract = True
    without_tenant: ClassVar[str] = ""
    """Why it takes none."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run."""
        try:
            return self.limited(*args, **options)
        finally:
            connection.close()


@contextmanager
def entered(tenant: str, *, in_states: Collection[str]) -> Iterator[None]:
    """In the tenant's schema; afterwards in the public one, whatever happened, without a connection. TenantRefused."""
    try:
        found = get_tenant_model().objects.filter(code=tenant, state__in=in_states)
        schema = found.values_list("schema_name", flat=True).first()
        if schema is None:
            raise TenantRefused(tenant)
        with schema_context(schema):
            yield
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]  # of django-tenants' backend
        connection.close()
