"""Staff start long work, watch it, stop it, and look at what it made."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from conftest import Api, TestTenant
from cqrs.dynamodb.store import store
from cqrs.jobs.models import Job, JobRequest
from cqrs.jobs.tasks import run_requested
from cqrs.projections import PROJECTIONS
from cqrs.rebuild.past import as_of, forget
from tenants.models import User
from tenants.tests.browsers import browser, signed_in

JOBS = "/admin/jobs/job/"
SHARDS = "/admin/stream/shard/"
TODOS = "/admin/todos/todorow/"


@pytest.fixture
def staff(acme: TestTenant) -> Client:
    person = User.objects.filter(email="kim@tenfold.example").first()
    person = person or User.objects.create_superuser("kim@tenfold.example", acme.password)
    return signed_in(settings.PUBLIC_HOST, person.email, acme.password)


def test_anonymous_is_asked_to_sign_in_and_a_tenants_host_has_no_jobs(acme: TestTenant) -> None:
    assert browser(settings.PUBLIC_HOST).get(JOBS)["Location"].startswith("/admin/login/")
    assert signed_in(acme.host, acme.owner, acme.password).get(JOBS).status_code == 404


@pytest.fixture
def api(initech: TestTenant) -> Api:
    return Api(initech)


def test_a_rebuild_is_asked_for_with_a_reason_and_shown_as_a_job(staff: Client, api: Api) -> None:
    Job.objects.filter(tenant_code="initech").delete()  # other tests rebuild it as well
    api("POST", "todos/", {"name": "made again"})
    api.drain()
    url = next(url for url in _links(staff.get(SHARDS).text) if "rebuild" in url)
    form = {"tenant": "initech", "entities": ["TODO"], "reason": "", "_form_submitted": "on"}
    assert staff.get(url).status_code == 200
    assert staff.post(url, form).status_code == 200
    assert not Job.objects.filter(tenant_code="initech", kind="rebuild").exists()
    answer = staff.post(url, form | {"reason": "a new column"})
    assert answer["HX-Redirect"] == JOBS
    assert JobRequest.objects.filter(kind="rebuild", tenant_code="initech").exists()
    run_requested()  # by a worker, whether or not the broker has told it
    assert not JobRequest.objects.filter(kind="rebuild", tenant_code="initech").exists()
    job = Job.objects.get(tenant_code="initech", kind="rebuild")
    assert (job.state, job.what, job.reason, job.by[:6]) == ("done", "TODO", "a new column", "staff:")
    assert f"{job.done} of {job.total}" in staff.get(JOBS).text


def test_a_job_is_cancelled_with_a_reason(staff: Client) -> None:
    job = Job.objects.create(kind="test", tenant_code="acme", by="test", started_at=Now(), seen_at=Now())
    url = next(url for url in _links(staff.get(f"{JOBS}{job.pk}/change/").text) if "cancel" in url)
    staff.post(url, {"reason": "not now", "_form_submitted": "on"})
    job.refresh_from_db()
    assert (job.cancel_requested, job.cancel_reason, job.cancelled_by[:6]) == (True, "not now", "staff:")
    job.delete()


def test_a_tenants_table_is_looked_at_as_it_was(staff: Client, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    name = str(uuid4())
    api("POST", "todos/", {"name": name})
    api.drain()
    for type in [type for type in PROJECTIONS if type != "TODO"]:
        monkeypatch.delitem(PROJECTIONS, type)
    past = as_of("initech", timezone.now() - timedelta(days=1), store=store(), by="test")
    assert name in staff.get(f"{TODOS}?tenant=initech", follow=True).text
    assert name not in staff.get(f"{TODOS}?tenant=initech&past={past.schema}", follow=True).text
    assert staff.get("/admin/cqrs/journalline/").status_code == 200  # a journal has no past but itself
    forget(past)
    assert name in staff.get(TODOS).text


def _links(page: str) -> list[Any]:
    return [part.partition('"')[0] for part in page.split('href="')[1:]]
