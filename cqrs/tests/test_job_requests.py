"""Long work that somebody asked for: done once, also where nobody was told, and given up where workers die of it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from conftest import TestTenant
from cqrs.jobs.models import JobRequest
from cqrs.jobs.requests import MAX_ATTEMPTS, RUNNERS, request_job, run_requested, runner
from cqrs.jobs.running import AlreadyRunning


@pytest.fixture
def kind() -> Iterator[str]:
    """A kind of work that no other test knows."""
    name = f"test-{uuid4().hex}"
    yield name
    RUNNERS.pop(name, None)
    JobRequest.objects.filter(kind=name).delete()


def test_it_is_done_once_as_whoever_asked_for_it(acme: TestTenant, kind: str) -> None:
    done = list[tuple[str, str, object]]()
    request_job(kind, tenant="acme", by="staff:1", reason="why", arguments={"types": ["TODO"]})
    runner(kind)(lambda asked: done.append((asked.by, asked.reason, asked.arguments)))
    run_requested()
    run_requested()
    assert done == [("staff:1", "why", {"types": ["TODO"]})]


def test_it_waits_while_the_same_is_under_way(acme: TestTenant, kind: str) -> None:
    def busy(_: JobRequest) -> None:
        raise AlreadyRunning

    runner(kind)(busy)
    request_job(kind, by="staff:1", reason="why")
    for _ in range(MAX_ATTEMPTS + 1):
        run_requested()
    assert JobRequest.objects.get(kind=kind).attempts == 0


def test_what_fails_is_not_tried_again(acme: TestTenant, kind: str) -> None:
    def fail(_: JobRequest) -> None:
        raise ZeroDivisionError

    runner(kind)(fail)
    request_job(kind, by="staff:1", reason="why")
    assert run_requested() >= 1
    assert not JobRequest.objects.filter(kind=kind).exists()


def test_it_is_given_up_where_workers_die_of_it(acme: TestTenant, kind: str) -> None:
    def die(_: JobRequest) -> None:
        raise KeyboardInterrupt  # as a worker that is killed: nothing is noted

    runner(kind)(die)
    request_job(kind, by="staff:1", reason="why")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            run_requested()
    run_requested()
    assert not JobRequest.objects.filter(kind=kind).exists()


def test_a_kind_of_a_newer_release_is_left_to_it(acme: TestTenant, kind: str) -> None:
    request_job(kind, by="staff:1", reason="why")
    run_requested()
    assert JobRequest.objects.filter(kind=kind, attempts=0).exists()
