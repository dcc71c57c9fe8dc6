"""What Celery does for webhooks: looks for what is to be posted, posts it, forgets what was."""

import structlog
from celery import shared_task
from django.db import connection

from cqrs.tenant_tasks import CommonTask, TenantTask
from webhooks.deliver import forget_old, waiting
from webhooks.deliver import work as work_on

_log = structlog.get_logger(__name__)


@shared_task(name="webhooks.look", ignore_result=True, base=CommonTask, without_tenant="it sends one task for each")
def look() -> None:
    """Have somebody work on each endpoint that has something before it. Lost or doubled, nothing is lost or doubled."""
    try:
        found = waiting()
    finally:
        connection.close()
    for tenant, id in found:
        work.apply_async(kwargs={"tenant": tenant, "endpoint": id}, expires=10, retry=False)


@shared_task(name="webhooks.work", ignore_result=True, base=TenantTask)
def work(*, tenant: str, endpoint: str) -> None:
    """Queue and post what is to be done for one endpoint."""
    if posted := work_on(endpoint, tenant=tenant):
        _log.info("webhooks posted", endpoint=endpoint, posted=posted)


@shared_task(name="webhooks.tidy", ignore_result=True, base=CommonTask, without_tenant="old deliveries, whosever")
def tidy() -> None:
    """Forget what was delivered long ago."""
    try:
        _log.info("webhooks tidied", deliveries=forget_old())
    finally:
        connection.close()
