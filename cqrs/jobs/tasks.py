"""Long work that a worker does because somebody asked for it."""

from collections.abc import Sequence

from celery import shared_task

from cqrs.dynamodb.store import store
from cqrs.jobs.models import JobRequest
from cqrs.jobs.requests import RUN, runner
from cqrs.jobs.requests import run_requested as run_all
from cqrs.queues import Queue
from cqrs.rebuild import rebuild
from cqrs.tenant_tasks import CommonTask, TenantTask


@shared_task(
    name=RUN, ignore_result=True, base=CommonTask, kind=Queue.LONG, without_tenant="each request says of which it is"
)
def run_requested() -> None:
    """Do what somebody asked for."""
    run_all()


@shared_task(
    name="cqrs.rebuild",
    base=TenantTask,
    kind=Queue.LONG,
    in_states=("active", "suspended", "held"),
    ignore_result=True,
)
def rebuild_rows(*, tenant: str, types: Sequence[str], by: str, reason: str) -> None:
    """Make a tenant's rows again. How it went is told by its job. AlreadyRunning, Cancelled, and as `rebuild`."""
    rebuild(tenant, types, store=store(), by=by, reason=reason)


@runner("rebuild")
def _rebuild(request: JobRequest) -> None:
    rebuild_rows(tenant=request.tenant_code, by=request.by, reason=request.reason, **request.arguments)
