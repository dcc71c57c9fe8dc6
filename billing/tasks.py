"""What Celery does for billing: a run every few minutes, and one that staff ask for."""

import structlog
from celery import shared_task

from billing.clerk import real_time
from billing.runs import BY, watched
from cqrs.jobs.models import JobRequest
from cqrs.jobs.requests import runner
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.queues import Queue
from cqrs.tenant_tasks import CommonTask

_log = structlog.get_logger(__name__)


@shared_task(
    name="billing.run",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.LONG,
    without_tenant="it bills each in turn, from outside",
)
def run_billing() -> None:
    """Bill what is due, as a job. Two at once, or one that is late, bill nothing twice."""
    try:
        _bill(by=BY)
    except (AlreadyRunning, Cancelled) as error:
        _log.info("not billed", why=type(error).__name__)


@runner("billing")
def run_requested(request: JobRequest) -> None:
    """Bill what is due, for somebody. AlreadyRunning, Cancelled."""
    _bill(by=request.by, reason=request.reason)


def _bill(*, by: str, reason: str = "") -> None:
    ran = watched(now=real_time(), by=by, reason=reason)
    if ran.facts or ran.failed:
        _log.info("billing ran", tenants=ran.tenants, facts=ran.facts, failed=len(ran.failed))
