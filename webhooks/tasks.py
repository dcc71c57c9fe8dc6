"""What Celery does for webhooks: looks for what is to be posted, posts it, forgets what was."""

import threading

import structlog
from celery import shared_task
from django.db import connection

from cqrs.messages import send
from cqrs.queues import Queue
from cqrs.tenant_tasks import CommonTask, TenantTask
from webhooks.deliver import forget_old, waiting
from webhooks.deliver import work as work_on
from webhooks.models import Endpoint

MAX_FAILING = 4
"""Endpoints that are failing which a worker process posts to at once; the rest of its threads is for those that take
what they are sent. One that is left out has its turn with a later look."""

_log = structlog.get_logger(__name__)
_places = threading.BoundedSemaphore(MAX_FAILING)


@shared_task(
    name="webhooks.look",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.SHORT,
    without_tenant="it sends one task for each",
)
def look() -> None:
    """Have somebody work on each endpoint that has something before it. Lost or doubled, nothing is lost or doubled."""
    try:
        found = waiting()
    finally:
        connection.close()
    for tenant, id in found:
        send("webhooks.work", expires=10, tenant=tenant, endpoint=id)


@shared_task(name="webhooks.work", ignore_result=True, base=TenantTask, kind=Queue.WEBHOOKS)
def work(*, tenant: str, endpoint: str) -> None:
    """Queue and post what is to be done for one endpoint, unless it is failing and so many others are as well."""
    is_failing = Endpoint.objects.filter(pk=endpoint).exclude(failing_since=None).exists()
    if is_failing and not _places.acquire(blocking=False):
        return
    try:
        if posted := work_on(endpoint, tenant=tenant):
            _log.info("webhooks posted", endpoint=endpoint, posted=posted)
    finally:
        if is_failing:
            _places.release()


@shared_task(
    name="webhooks.tidy",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.LONG,
    without_tenant="old deliveries, whosever",
)
def tidy() -> None:
    """Forget what was delivered long ago."""
    _log.info("webhooks tidied", deliveries=forget_old())
