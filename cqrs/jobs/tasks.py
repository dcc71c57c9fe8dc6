"""Long work that a worker does because somebody asked for it."""

from collections.abc import Sequence

import structlog
from celery import shared_task

from cqrs.dynamodb.store import store
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.rebuild import rebuild
from cqrs.tenant_tasks import TenantTask

_log = structlog.get_logger(__name__)


@shared_task(name="cqrs.rebuild", base=TenantTask, in_states=("active", "suspended", "held"), ignore_result=True)
def rebuild_rows(*, tenant: str, types: Sequence[str], by: str, reason: str) -> None:
    """Make a tenant's rows again. How it went is told by its job."""
    try:
        rebuild(tenant, types, store=store(), by=by, reason=reason)
    except (AlreadyRunning, Cancelled) as error:
        _log.info("not rebuilt", tenant=tenant, why=type(error).__name__)
