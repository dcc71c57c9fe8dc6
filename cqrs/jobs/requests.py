"""Long work that somebody asked for: a row until it was done, so that no broker can lose it.

@runner("rebuild")
def _rebuild(request: JobRequest) -> None: …

request_job("rebuild", tenant="acme", arguments={"types": []}, by="staff:1", reason="a new column")
"""

import threading
from collections.abc import Callable, Mapping

import structlog
from django.db.models import F

from cqrs.domain import Json
from cqrs.jobs.models import JobRequest
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.messages import send_on_commit

type Runner = Callable[[JobRequest], None]

MAX_RUNNING = 2
"""Requests that a worker works on at once; what else is long has the rest of its threads."""

MAX_ATTEMPTS = 3
"""Times that a request is begun whose worker died of it, before it is given up."""

RUN = "cqrs.run_requested"
RUNNERS: dict[str, Runner] = {}
"""By kind of job."""

_log = structlog.get_logger(__name__)
_places = threading.BoundedSemaphore(MAX_RUNNING)


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Declares what does this kind of job. What it raises ends the request: the job itself says how it went."""

    def register(run: Runner) -> Runner:
        RUNNERS[kind] = run
        return run

    return register


def request_job(
    kind: str, *, by: str, reason: str, tenant: str = "", arguments: Mapping[str, Json] | None = None
) -> None:
    """Have a worker do it: soon, and at the latest when the clock looks."""
    asked = {"arguments": dict(arguments or {}), "by": by, "reason": reason}
    JobRequest.objects.create(kind=kind, tenant_code=tenant, **asked)
    send_on_commit(RUN, expires=60)


def run_requested() -> int:
    """Do what was asked for, the oldest first. Returns how many requests were done; what the same kind of work of the
    same tenant is in the way of waits."""
    if not _places.acquire(blocking=False):
        return 0
    try:
        return sum(_run(request) for request in JobRequest.objects.order_by("pk"))
    finally:
        _places.release()


def _run(request: JobRequest) -> bool:
    if request.kind not in RUNNERS:
        _log.warning("job of a kind that this release does not know", kind=request.kind)
        return False
    mine = JobRequest.objects.filter(pk=request.pk)
    if not mine.update(attempts=F("attempts") + 1):
        return False  # another worker has done it
    try:
        if request.attempts < MAX_ATTEMPTS:
            RUNNERS[request.kind](request)
        else:
            _log.error("job given up: its workers died of it", kind=request.kind, tenant=request.tenant_code)
    except AlreadyRunning:  # by somebody else, or this very request by another worker
        mine.update(attempts=F("attempts") - 1)
        return False
    except Cancelled:
        _log.info("job cancelled", kind=request.kind, tenant=request.tenant_code)
    except Exception:
        _log.exception("job failed", kind=request.kind, tenant=request.tenant_code)
    return bool(mine.delete()[0])
