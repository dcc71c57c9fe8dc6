"""What the clock starts: the pool is filled, what has expired is deleted, deleted tenants end."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from config.celery import app
from tenants import tasks
from tenants.models import POOL, DomainClaim, SignUpTry, Tenant
from tenants.provisioning import pool

LONG_AGO = timezone.now() - timedelta(days=30)


def ready() -> int:
    found: int = Tenant.objects.filter(state=Tenant.State.READY, code__startswith=POOL).count()
    return found


def test_the_pool_is_filled_to_its_size(tenants: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "REST", 0.0)
    settings.POOL = ready() + 1
    tasks.fill_pool()
    assert ready() == settings.POOL
    tasks.fill_pool()
    assert ready() == settings.POOL
    Tenant.objects.filter(state=Tenant.State.READY, code__startswith=POOL).delete()


def test_what_has_expired_is_deleted(acme: Any) -> None:
    address = "192.0.2.1"
    SignUpTry.objects.create(address=address)
    SignUpTry.objects.filter(address=address).update(at=LONG_AGO)
    tenant = Tenant.objects.get(code=acme.code)
    name = f"{uuid4().hex}.example"
    DomainClaim.objects.create(tenant=tenant, domain=name, token="x", expires_at=LONG_AGO)
    tasks.tidy()
    assert not SignUpTry.objects.filter(address=address).exists()
    assert not DomainClaim.objects.filter(domain=name).exists()


def test_every_task_of_the_clock_is_there() -> None:
    app.loader.import_default_modules()
    assert {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
