"""What time does to the shop: holds expire."""

from functools import partial

import structlog
from celery import shared_task
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from cqrs.decide import Origin
from cqrs.domain import Actor, Refused
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.projector.faults import told
from cqrs.tasks import ring
from cqrs.tenant_tasks import CommonTask, TenantRefused, entered
from cqrs.writer import Writer
from orders.domain import HOLD
from orders.domain.hold import expire
from orders.queries import due_holds
from tenants.models import Tenant

MOST = 1000
"""Holds of a tenant that expire in one go; the rest has its turn the next time."""

_log = structlog.get_logger(__name__)


@shared_task(name="orders.expire_holds", ignore_result=True, base=CommonTask, without_tenant="it goes through them all")
def expire_holds() -> None:
    """Let the holds expire whose time has come. Late or doubled, it does no harm: the rule asks the clock."""
    for code in _active():
        try:
            with entered(code, in_states=("active",)):
                due = list(due_holds(timezone.now()).values_list("sk", flat=True)[:MOST])
            _expire(code, due)
        except TenantRefused:
            continue  # suspended or deleted meanwhile
        except (DatabaseError, Refused) as error:  # the others do not wait for it
            _log.warning("holds not expired, trying again", tenant=code, error=told(error))


def _active() -> list[str]:
    try:
        tenants = Tenant.objects.filter(state="active").exclude(schema_name=get_public_schema_name())
        return list(tenants.order_by("pk").values_list("code", flat=True))
    finally:
        connection.close()


def _expire(tenant: str, due: list[str]) -> None:
    if not due:
        return
    origin = Origin(Actor("system:expire_holds"), source="task")
    writer = Writer(Log(store(), tenant), origin, ring=ring, numbering=partial(numbering_of, tenant))
    expired = sum(writer.send(HOLD.ref(sk).ask(expire)).changed for sk in due)
    _log.info("holds expired", tenant=tenant, expired=expired)
