"""What Celery does for billing: a run every few minutes."""

import structlog
from celery import shared_task
from django.db import connection

from billing.clerk import real_time
from billing.runs import run
from cqrs.tenant_tasks import CommonTask

_log = structlog.get_logger(__name__)


@shared_task(
    name="billing.run", ignore_result=True, base=CommonTask, without_tenant="it bills each in turn, from outside"
)
def run_billing() -> None:
    """Bill what is due. Two at once, or one that is late, bill nothing twice."""
    try:
        ran = run(now=real_time())
        if ran.facts or ran.failed:
            _log.info("billing ran", tenants=ran.tenants, facts=ran.facts, failed=len(ran.failed))
    finally:
        connection.close()
