"""What Celery does for tenants: keeps the pool filled, sends the mails, looks at domains again, ends tenants that
are deleted, tidies up what has expired."""

import smtplib

import structlog
from celery import shared_task
from django.conf import settings

from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.tenant_tasks import CommonTask
from face.kept import forget_old
from tenants import lapses, mail, throttle
from tenants.confirmation import mail as confirmation_mail
from tenants.confirmation.claims import forget_expired
from tenants.deletion import end, unended
from tenants.domains import forget_unproved
from tenants.handover import forget_unused
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
    if made := pool.fill(settings.POOL, rest=pool.REST):
        _log.info("pool filled", made=made)


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


@shared_task(
    name="tenants.send_confirmation",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: an address is a person's, not a tenant's",
)
def send_confirmation(user: int) -> None:
    """Send somebody the link that confirms their address, if it still is to be sent. Done twice, it is sent once."""
    try:
        confirmation_mail.send(user)
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("mail about an address not sent", user=user, error=type(error).__name__)


@shared_task(
    name="tenants.end", ignore_result=True, base=CommonTask, without_tenant="it ends each in turn, from outside"
)
def end_tenants() -> None:
    """End the tenants that are being deleted, whoever asked and however often; how it goes is told by their jobs."""
    for code in unended():
        try:
            end(code)
        except (AlreadyRunning, Cancelled) as error:
            _log.info("not ended", tenant=code, why=type(error).__name__)


@shared_task(
    name="tenants.send_unsent",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: each row says whose",
)
def send_unsent() -> None:
    """Send what nobody was told of, or what no mail server took."""
    for id in mail.unsent():
        send_invitation(id)
    for user in confirmation_mail.unsent():
        send_confirmation(user)


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


@shared_task(
    name="tenants.look_at_domains",
    ignore_result=True,
    base=CommonTask,
    without_tenant="control data: each domain says whose",
)
def look_at_domains() -> None:
    """Look whether proved domains still are their tenants', and tell the owners of those that are not."""
    for pk in lapses.due():
        for letter in lapses.look(pk):
            try:
                letter.send()
            except (OSError, smtplib.SMTPException) as error:
                _log.warning("owner not told of a domain", domain=pk, error=type(error).__name__)


@shared_task(name="tenants.tidy", ignore_result=True, base=CommonTask, without_tenant="control data of all")
def tidy() -> None:
    """Delete what has expired: receipts, tries, domains and addresses nobody proved, hand-overs nobody used."""
    tries = forget_tries() + throttle.forget_tries()
    claims = {"domains": forget_unproved(), "addresses": forget_expired(), "hand_overs": forget_unused()}
    _log.info("tidied", receipts=forget_old(), tries=tries, **claims)
