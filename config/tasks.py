"""What Celery's clock starts."""

import structlog
from celery import shared_task
from structlog.contextvars import bound_contextvars

from config.songs import measure
from cqrs.domain import Refused
from cqrs.queues import Queue
from cqrs.tenant_tasks import CommonTask
from tenants.models import SYSTEM

_log = structlog.get_logger(__name__)


@shared_task(
    name="config.sing",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.SHORT,
    without_tenant="the canary sings in the system's own",
)
def sing() -> None:
    """One song of the canary. Where the log is away it is silent, which is news enough."""
    with bound_contextvars(tenant=SYSTEM, task="canary"):
        try:
            if (seconds := measure()) is not None:
                _log.debug("canary heard", seconds=seconds)
        except Refused as refused:
            _log.warning("canary cannot sing", error=refused.code)
