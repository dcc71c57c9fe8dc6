"""`stream_status` for people and for programs, and what `/statusz` tells of the read side."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from config.parts import judge
from config.process_figures import read_figures
from conftest import Api
from cqrs.stream.models import Breaker, Parked, Shard


def status(*options: str) -> str:
    out = StringIO()
    call_command("stream_status", *options, stdout=out)
    return out.getvalue()


def test_it_is_a_table_for_people(api: Api) -> None:
    api("POST", "todos/", {"name": "x"})
    api.drain()
    shown = status()
    head, *lines = shown.splitlines()
    assert head.split() == ["shard", "lag", "holder", "read", "up", "to"]
    assert lines[0].startswith("shardId")
    assert "not shown: " in shown
    assert lines[-1].startswith("lag ")


def test_it_is_one_document_for_programs(api: Api) -> None:
    api.drain()
    found = json.loads(status("--json"))
    assert found["lag_seconds"] < 60
    assert found["breaker_open"] is False
    assert set(found["not_shown"]) == {"parked", "held", "discarded"}
    shard = next(each for each in found["shards"] if not each["is_closed"])
    assert {"id", "parent", "segment", "checkpoint", "holder", "deaths", "lag_seconds"} <= shard.keys()


def test_it_fails_where_rows_are_further_behind_than_allowed(api: Api) -> None:
    api.drain()
    status("--fail-above", "60")
    with pytest.raises(SystemExit) as ended:
        status("--fail-above", "0")
    assert ended.value.code == 1
    late = Shard.objects.create(id="test-late", leased_until=Now(), caught_up_at=timezone.now().replace(year=2020))
    try:
        with pytest.raises(SystemExit):
            status("--json", "--fail-above", "60")
        assert "s behind the log" in judge(read_figures())["lag"].reason
    finally:
        late.delete()


def test_what_is_parked_is_told(api: Api) -> None:
    api.drain()
    parked = Parked(entity_id="x#1", tenant_code="acme", state="parked", version=1, parked_at=timezone.now())
    parked.save()
    parts = judge(read_figures())
    parked.delete()
    count = 1 + Parked.objects.filter(state="parked").count()
    assert parts["parked"].figures["parked"] == count
    assert parts["parked"].reason == f"{count} entities cannot be shown"
    assert parts["lag"].figures["lag_seconds"] is not None


def test_an_open_breaker_is_told() -> None:
    assert judge(read_figures())["breaker"].is_well
    Breaker.objects.create(entity_id="x#1", error="x", tripped_at=timezone.now())
    try:
        assert not judge(read_figures())["breaker"].is_well
    finally:
        Breaker.objects.all().delete()
