"""What Celery does for billing: a run every few minutes."""

import structlog
from celery import shared_task
from django.db import connection

from billing.clerk import real_time
from billing.runs import BY, watched
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.tenant_tasks import CommonTask

_log = structlog.get_logger(__name__)


@shared_task(
    name="billing.run", ignore_result=True, base=CommonTask, without_tenant="it bills each in turn, from outside"
)
def run_billing(*, by: str = BY, reason: str = "") -> None:
    """Bill what is due, as a job. Two at once, or one that is late, bill nothing twice."""
    try:
        ran = watched(now=real_time(), by=by, reason=reason)
        if ran.facts or ran.failed:
            _log.info("billing ran", tenants=ran.tenants, facts=ran.facts, failed=len(ran.failed))
    except (AlreadyRunning, Cancelled) as error:
        _log.info("not billed", why=type(error).__name__)
    finally:
        connection.close()
