"""Billing runs: everything that time has made due, done one fact at a time.

A run holds nothing that a kill could lose: each step is one transaction of the log, decided on the version that stands.
Two runs at once take turns at the steps, and one that is a month late takes each of them.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection
from django_tenants.utils import get_tenant_model

from billing.clerk import SK, subscription_of, writer_of
from billing.domain import SUBSCRIPTION, Subscription
from billing.domain.turning import due
from billing.overview import note_standing
from billing.watching import watch
from cqrs.domain import Command, Conflict, NotFound, Unavailable, Version
from cqrs.jobs.models import Job
from cqrs.jobs.running import work
from cqrs.progress import Tell, silent
from cqrs.writer import Writer

BY, SOURCE = "system:billing", "billing-run"
STEPS_MOST = 500
"""Steps of one tenant in one run: far more than years of months take."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did: tenants looked at, facts made, and tenants whose run broke off, each with why."""

    tenants: int
    facts: int
    failed: tuple[tuple[str, str], ...] = ()


def run(*, now: datetime, tell: Tell = silent, tenants: list[str] | None = None) -> Ran:
    """Do what is due by `now` for each active tenant, or for these. What fails for one is told, and no other waits."""
    codes = active() if tenants is None else tenants
    facts, failed = 0, list[tuple[str, str]]()
    for number, code in enumerate(codes):
        tell(f"{facts} facts made, {len(failed)} failed", number, len(codes))
        try:
            facts += len(list(turn(code, now=now)))
            facts += len(list(watch(writer_of(code, by=BY, source=SOURCE, clock=lambda: now))))
            _note(code)
        except Unavailable as error:
            _log.warning("billing waits", tenant=code, error=error.detail)
            failed.append((code, error.detail))
        except Exception as error:
            _log.exception("billing failed", tenant=code)
            failed.append((code, repr(error)))
    tell(f"{facts} facts made, {len(failed)} failed", len(codes), len(codes))
    return Ran(len(codes), facts, tuple(failed))


def watched(*, now: datetime, by: str, reason: str = "", tell: Tell = silent, tenants: list[str] | None = None) -> Ran:
    """The same as a job, which staff can watch and cancel. Cancelled; AlreadyRunning where the same is under way. One
    that found nothing to do by itself is not kept."""
    tenant = tenants[0] if tenants else ""
    with work("billing", tenant=tenant, what=f"until {now:%Y-%m-%d %H:%M}", by=by, reason=reason, tell=tell) as job:
        ran = run(now=now, tell=job.tell, tenants=tenants)
    if by == BY and not ran.facts and not ran.failed:
        Job.objects.filter(pk=job.id).delete()
    return ran


def active() -> list[str]:
    """The tenants that are billed: those that are somebody's and not ended."""
    states = ["active", "suspended"]
    found = get_tenant_model().objects.filter(state__in=states).exclude(code__in=["public", "system"])
    codes = list(found.order_by("code").values_list("code", flat=True))
    connection.close()
    return codes


def turn(tenant: str, *, now: datetime, by: str = BY, source: str = SOURCE) -> Iterator[Version[Subscription]]:
    """The facts that bring one tenant's subscription up to `now`, as they are made; none where it has none."""
    writer = writer_of(tenant, by=by, source=source, clock=lambda: now)
    for _ in range(STEPS_MOST):
        try:
            head = writer.log.get(SUBSCRIPTION, SK)
        except NotFound:
            return
        rule = due(head.state, at=max(now, head.at))
        if rule is None:
            return
        if made := _step(writer, head, rule):
            yield made


def _note(tenant: str) -> None:
    with suppress(NotFound):
        note_standing(subscription_of(tenant))


def _step(writer: Writer, head: Version[Subscription], rule: str) -> Version[Subscription] | None:
    """One fact; None where another run has made one first. What it billed is noted in a version after it."""
    command: Command[Subscription] = Command(SUBSCRIPTION, SUBSCRIPTION.rule(rule), {}, SK, head.version)
    try:
        newest = writer.send(command).version
    except Conflict:
        return None
    made = head.version + 1
    return newest if newest.version == made else writer.log.get(SUBSCRIPTION, SK, version=made)
