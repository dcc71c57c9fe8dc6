"""What time does to the shop: holds expire, and stock recovers that nobody told of."""

from collections.abc import Sequence
from functools import partial
from random import sample
from typing import Any

import structlog
from celery import shared_task
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Refused
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.projector.faults import told
from cqrs.queues import Queue
from cqrs.tasks import ring
from cqrs.tenant_tasks import CommonTask, TenantRefused, entered
from cqrs.time_limits import has_time
from cqrs.writer import Writer
from orders.domain import HOLD, STOCK
from orders.domain.hold import expire
from orders.domain.stock import recover
from orders.queries import due_holds, recovered_stock
from tenants.models import Tenant

MOST = 1000
"""Of a tenant's holds and stock in one go; the rest has its turn the next time."""

_log = structlog.get_logger(__name__)


@shared_task(name="orders.look", ignore_result=True, base=CommonTask, kind=Queue.SHORT, without_tenant="all in turn")
def look() -> None:
    """Let the holds expire whose time has come, and stock recover. Late or doubled, it does no harm: the rules ask the
    clock and the counter. The tenants come in another order each time, for there may be more than there is time for."""
    for code in sample(codes := _active(), len(codes)):
        if not has_time():
            return
        try:
            with entered(code, in_states=("active",)):
                due = [HOLD.ref(sk).ask(expire) for sk in _keys(due_holds(timezone.now()))]
                high = [STOCK.ref(sk).ask(recover) for sk in _keys(recovered_stock())]
            _send(code, [*due, *high])
        except TenantRefused:
            continue  # suspended or deleted meanwhile
        except (DatabaseError, Refused) as error:  # the others do not wait for it
            _log.warning("shop not looked at, trying again", tenant=code, error=told(error))


def _active() -> list[str]:
    try:
        tenants = Tenant.objects.filter(state="active").exclude(schema_name=get_public_schema_name())
        return list(tenants.order_by("pk").values_list("code", flat=True))
    finally:
        connection.close()


def _keys(rows: QuerySet[Any]) -> list[str]:
    return list(rows.values_list("sk", flat=True)[:MOST])


def _send(tenant: str, commands: Sequence[Command[Any]]) -> None:
    if not commands:
        return
    origin = Origin(Actor("system:shop"), source="task")
    writer = Writer(Log(store(), tenant), origin, ring=ring, numbering=partial(numbering_of, tenant))
    changed = sum(writer.send(command).changed for command in commands)
    _log.info("shop looked at", tenant=tenant, changed=changed)
