"""What Celery does for tenants: keeps the pool filled, sends the mails, looks at domains again, ends tenants that
are deleted, tidies up what has expired."""

import smtplib
from collections.abc import Callable, Iterable

import structlog
from celery import shared_task
from django.conf import settings

from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.queues import Queue
from cqrs.tenant_tasks import CommonTask
from cqrs.time_limits import has_time
from face.kept import forget_old
from tenants import lapses, mail, throttle
from tenants.confirmation import mail as confirmation_mail
from tenants.confirmation.claims import forget_expired
from tenants.deletion import end, unended
from tenants.domains import forget_unproved
from tenants.handover import forget_unused
from tenants.provisioning import pool
from tenants.reset import forget_requests
from tenants.sign_up.limits import forget_tries

_log = structlog.get_logger(__name__)


@shared_task(
    name="tenants.fill_pool",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.LONG,
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
    kind=Queue.MAIL,
    without_tenant="control data: the invitation says whose",
)
def send_invitation(id: str) -> None:
    """Send one invitation's mail, if it still is to be sent. Done twice, it is sent once."""
    _try("invitation", mail.send, id)


@shared_task(
    name="tenants.send_confirmation",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.MAIL,
    without_tenant="control data: an address is a person's, not a tenant's",
)
def send_confirmation(user: int) -> None:
    """Send somebody the link that confirms their address, if it still is to be sent. Done twice, it is sent once."""
    _try("confirmation", confirmation_mail.send, user)


@shared_task(
    name="tenants.send_reset",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.MAIL,
    without_tenant="control data: a password is a person's, not a tenant's",
)
def send_reset(user: int) -> None:
    """Send the mail for a forgotten password, if it still is to be sent. Done twice, it is sent once."""
    _try("reset", mail.send_reset, user)


@shared_task(
    name="tenants.send_unsent",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.MAIL,
    without_tenant="control data: each row says whose",
)
def send_unsent() -> None:
    """Send what nobody was told of, or what no mail server took; the rest has its turn the next time."""
    _try_each("reset", mail.send_reset, mail.unsent_resets())
    _try_each("invitation", mail.send, mail.unsent())
    _try_each("confirmation", confirmation_mail.send, confirmation_mail.unsent())


@shared_task(
    name="tenants.end",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.LONG,
    without_tenant="it ends each in turn, from outside",
)
def end_tenants() -> None:
    """End the tenants that are being deleted, whoever asked and however often; how it goes is told by their jobs."""
    for code in unended():
        try:
            end(code)
        except (AlreadyRunning, Cancelled) as error:
            _log.info("not ended", tenant=code, why=type(error).__name__)


@shared_task(
    name="tenants.look_at_domains",
    ignore_result=True,
    base=CommonTask,
    kind=Queue.MAIL,
    without_tenant="control data: each domain says whose",
)
def look_at_domains() -> None:
    """Look whether proved domains still are their tenants', and tell the owners of those that are not. Name servers and
    mail servers may be slow: the rest has its turn the next time."""
    for pk in lapses.due():
        if not has_time():
            return
        for letter in lapses.look(pk):
            try:
                letter.send()
            except (OSError, smtplib.SMTPException) as error:
                _log.warning("owner not told of a domain", domain=pk, error=type(error).__name__)


@shared_task(
    name="tenants.tidy", ignore_result=True, base=CommonTask, kind=Queue.LONG, without_tenant="control data of all"
)
def tidy() -> None:
    """Delete what has expired: receipts, tries, domains and addresses nobody proved, hand-overs nobody used, passwords
    that were forgotten."""
    tries = forget_tries() + throttle.forget_tries()
    claims = {"domains": forget_unproved(), "addresses": forget_expired(), "hand_overs": forget_unused()}
    _log.info("tidied", receipts=forget_old(), tries=tries, resets=forget_requests(), **claims)


def _try_each[T](what: str, send: Callable[[T], bool], waiting: Iterable[T]) -> None:
    for each in waiting:
        if not has_time():
            return
        _try(what, send, each)


def _try[T](what: str, send: Callable[[T], bool], id: T) -> None:
    """What no server takes now is tried again in a minute, by `send_unsent`."""
    try:
        send(id)
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("mail not sent, trying again in a minute", what=what, id=id, error=type(error).__name__)
