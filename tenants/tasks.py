"""What Celery does for tenants: keeps the pool filled, sends mails that invite people, ends tenants that are deleted,
tidies up what has expired."""

import smtplib

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection

from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.tenant_tasks import CommonTask
from face.kept import forget_old
from tenants import mail, throttle
from tenants.deletion import end, unended
from tenants.domains import forget_unproved
from tenants.provisioning import pool
from tenants.sign_up.limits import forget_tries

_log = structlog.get_logger(__name__)


@shared_task(
    name="tenants.fill_pool",
    ignore_result=True,
    base=CommonTask,
    without_tenant="it makes schemas that are nobody's yet",
)
def fill_pool() -> None:
    """Have as many ready schemas as there should be; nothing where somebody else is at it."""
    try:
        if made := pool.fill(settings.POOL, rest=pool.REST):
            _log.info("pool filled", made=made)
    finally:
        connection.close()


@shared_task(
    name="tenants.send_invitation",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: the invitation says whose",
)
def send_invitation(id: str) -> None:
    """Send one invitation's mail, if it still is to be sent. Done twice, it is sent once."""
    try:
        mail.send(id)
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("invitation not sent, trying again in a minute", invitation=id, error=type(error).__name__)
    finally:
        connection.close()


@shared_task(
    name="tenants.end", ignore_result=True, base=CommonTask, without_tenant="it ends each in turn, from outside"
)
def end_tenants() -> None:
    """End the tenants that are being deleted, whoever asked and however often; how it goes is told by their jobs."""
    try:
        for code in unended():
            try:
                end(code)
            except (AlreadyRunning, Cancelled) as error:
                _log.info("not ended", tenant=code, why=type(error).__name__)
    finally:
        connection.close()


@shared_task(
    name="tenants.send_unsent",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: each invitation says whose",
)
def send_unsent() -> None:
    """Send what nobody was told of, or what no mail server took."""
    for id in mail.unsent():
        send_invitation(id)


@shared_task(
    name="tenants.send_reset",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: a password is a person's, not a tenant's",
)
def send_reset(user: int, tenant: str) -> None:
    """Send the mail for a forgotten password. Who gets none asks again."""
    try:
        mail.send_reset(user, tenant=tenant)
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("mail for a forgotten password not sent", user=user, error=type(error).__name__)
    finally:
        connection.close()


@shared_task(name="tenants.tidy", ignore_result=True, base=CommonTask, without_tenant="control data of all")
def tidy() -> None:
    """Delete what has expired: receipts, tries to sign up, domains that nobody proved."""
    try:
        _log.info(
            "tidied", receipts=forget_old(), tries=forget_tries() + throttle.forget_tries(), domains=forget_unproved()
        )
    finally:
        connection.close()
