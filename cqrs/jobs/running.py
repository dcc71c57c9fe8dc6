"""Work in progress: it starts unless the same runs already, gives signs of life, hears when it is to stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from django.db import Error, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from cqrs.jobs.models import Job
from cqrs.progress import Tell, silent
from cqrs.projector.faults import told

EVERY = 0.5
"""Seconds between two signs of life, which also say how far it is and learn whether it is to stop."""

DEAD = timedelta(seconds=15)
"""After so long without a sign of life nobody is at work any more."""

_log = structlog.get_logger(__name__)


class AlreadyRunning(Exception):
    """The same work runs for this tenant already."""


class Cancelled(Exception):
    """Somebody asked for it to stop; or it was taken for dead."""


class Work:
    """One job while it runs."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self.id, self._tell = job.pk, tell
        self._progress, self._stop, self._is_over = ("", 0, 0), threading.Event(), threading.Event()

    def tell(self, what: str, done: int, total: int) -> None:
        """What is done now, how much of it is done, and about how much there is. Cancelled."""
        self._progress = what, done, total
        self._tell(what, done, total)
        self.check()

    def check(self) -> None:
        """Cancelled, where it is to stop."""
        if self._stop.is_set():
            raise Cancelled

    def hold(self, cursor: CursorWrapper) -> None:
        """Nobody may stop it, or take it for dead, until the transaction ends. Cancelled where somebody has."""
        wanted = "SELECT FROM public.job WHERE id = %s AND state = 'running' AND NOT cancel_requested FOR UPDATE"
        cursor.execute(wanted, [self.id])
        if cursor.fetchone() is None:
            raise Cancelled

    def live(self) -> None:
        """Give signs of life until it is over; in a thread of its own, for a single step may take long."""
        while not self._is_over.wait(EVERY):
            try:
                self.sign()
            except Error as error:  # Postgres is away: the work itself will notice
                _log.info("no sign of life", job=self.id, error=str(error))
            finally:
                connection.close()

    def sign(self) -> None:
        """One sign of life."""
        message, done, total = self._progress
        running = Job.objects.filter(pk=self.id, state=Job.State.RUNNING)
        running.update(seen_at=Now(), message=message, done=done, total=total)
        if not running.filter(cancel_requested=False).exists():
            self._stop.set()

    def end(self) -> None:
        """No more signs of life."""
        self._is_over.set()


@contextmanager
def work(kind: str, *, tenant: str, what: str, by: str, reason: str = "", tell: Tell = silent) -> Iterator[Work]:
    """A job that runs as long as the block. AlreadyRunning. How the block ended is noted, whatever it raised."""
    running = Work(_started(kind, tenant=tenant, what=what, by=by, reason=reason), tell)
    life = threading.Thread(target=running.live, name=f"job-{running.id}", daemon=True)
    life.start()
    state, message = Job.State.FAILED, ""
    try:
        yield running
        state = Job.State.DONE
    except (Cancelled, KeyboardInterrupt):
        state = Job.State.CANCELLED
        raise
    except BaseException as error:
        message = told(error) if isinstance(error, Exception) else type(error).__name__
        raise
    finally:
        running.end()
        life.join()
        with suppress(Error):  # Postgres is away: it will be taken for dead
            running.sign()
            ended = {"state": state, "ended_at": Now()} | ({"message": message} if message else {})
            Job.objects.filter(pk=running.id, state=Job.State.RUNNING).update(**ended)


def request_cancel(job: int, *, by: str, reason: str) -> bool:
    """Ask a job to stop. False where it does not run."""
    asked = {"cancel_requested": True, "cancelled_by": by, "cancel_reason": reason}
    return bool(Job.objects.filter(pk=job, state=Job.State.RUNNING).update(**asked))


def _started(kind: str, *, tenant: str, what: str, by: str, reason: str) -> Job:
    same = Job.objects.filter(kind=kind, tenant_code=tenant, state=Job.State.RUNNING)
    lost = {"state": Job.State.FAILED, "message": "It gave no sign of life.", "ended_at": Now()}
    same.filter(seen_at__lt=Now() - DEAD).update(**lost)
    job = Job(kind=kind, tenant_code=tenant, what=what, by=by, reason=reason, started_at=Now(), seen_at=Now())
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        raise AlreadyRunning(f"{kind} of {tenant} runs already") from None
    return job
