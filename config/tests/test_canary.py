"""The canary: a real command in a tenant of nobody's, and how long it takes until it can be read."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context
from prometheus_client import REGISTRY

from config import songs
from config.parts import judge
from config.process_figures import read_figures
from config.tasks import sing
from conftest import Api
from cqrs.models import JournalLine
from cqrs.projector import schema_of
from face.admin.tenant import _tenants
from tenants.codes import CodeReserved
from tenants.models import SYSTEM, Tenant
from tenants.provisioning import create_system, provision


@pytest.fixture(scope="module", autouse=True)
def _system(tenants: Any) -> None:
    create_system()
    create_system()


def test_its_tenant_is_nobodys_and_its_code_is_taken() -> None:
    tenant = Tenant.objects.get(code=SYSTEM)
    assert (tenant.domains.count(), tenant.memberships.count()) == (0, 0)
    assert SYSTEM not in [each.code for each in _tenants()]
    assert Client(headers={"Host": "system.localhost"}).get("/").status_code == 404
    with pytest.raises(CodeReserved):
        provision(SYSTEM, name="x", owner_email="x@example.com")


def test_it_sings_and_is_heard(api: Api) -> None:
    before = REGISTRY.get_sample_value("tenfold_canary_lag_seconds_count") or 0
    assert _measured(api) is not None
    assert _measured(api) is not None
    assert REGISTRY.get_sample_value("tenfold_canary_lag_seconds_count") == before + 2
    song = songs.last_song()
    assert song
    assert song.age_seconds < 60
    assert song.lag_seconds is not None
    with schema_context(schema_of(SYSTEM)):
        assert set(JournalLine.objects.values_list("type", flat=True)) == {"CANARY"}
        assert JournalLine.objects.values("entity_id").distinct().count() <= 2  # one a day


def test_where_nobody_follows_it_is_counted_as_unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(songs, "HEARD_WITHIN", timedelta(seconds=0.05))
    before = REGISTRY.get_sample_value("tenfold_canary_unheard_total") or 0
    sing()
    assert REGISTRY.get_sample_value("tenfold_canary_unheard_total") == before + 1


def test_statusz_and_stream_status_tell_of_it(api: Api) -> None:
    _measured(api)
    _measured(api)  # a song tells what the one before it has measured
    figures = judge(read_figures())["canary"].figures
    assert figures["age_seconds"] is not None
    assert figures["lag_seconds"] is not None
    out = StringIO()
    call_command("stream_status", stdout=out)
    assert "canary: " in out.getvalue()
    out = StringIO()
    call_command("stream_status", "--json", stdout=out)
    assert json.loads(out.getvalue())["canary"]["age_seconds"] < 60


def _measured(api: Api) -> float | None:
    def measure() -> float | None:
        try:
            return songs.measure()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        measuring = thread.submit(measure)
        while not measuring.done():
            api.drain()
        return measuring.result()
