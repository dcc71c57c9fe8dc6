"""What Celery does: forget."""

from celery import shared_task
from django.db import connection

from cqrs.queues import Queue
from cqrs.tenant_tasks import CommonTask
from surveys.rates.counting import forget_old


@shared_task(
    name="surveys.forget_rates",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.LONG,
    without_tenant="nobody can tell whose they are",
)
def forget_rates() -> None:
    """Forget how often responses came from where, once it does not count any more."""
    try:
        forget_old()
    finally:
        connection.close()
