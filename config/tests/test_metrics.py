"""What Prometheus scrapes: the kernel's counters, what Postgres says, and nobody who should not read them."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from config import metrics
from config.environment import ROOT
from config.probe_question import ProbeQuestion
from conftest import Api, TestTenant
from cqrs.dynamodb.store import store
from cqrs.reactions.models import Cursor
from cqrs.store import Append, Rejected
from cqrs.stream.models import JournalHead, Parked


def scrape(**headers: str) -> Any:
    return Client(headers={"Host": "localhost"} | headers).get("/metrics")


def value(name: str, **labels: str) -> float:
    """What a scrape says of one series; 0 where it does not know it yet."""
    families = text_string_to_metric_families(scrape().content.decode())
    found = (sample for family in families for sample in family.samples)
    return sum(sample.value for sample in found if sample.name == name and labels.items() <= sample.labels.items())


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"tenfold_{name}_total", labels) or 0.0


def command(rule: str, result: str, code: str = "") -> float:
    return counted("commands", type="TODO", rule=rule, result=result, code=code)


def test_commands_are_counted_by_what_became_of_them(api: Api) -> None:
    before = [command(*each) for each in BECAME]
    todo, key = api("POST", "todos/", {"name": "x"}).json(), str(uuid4())
    for _ in range(2):
        api("POST", f"todos/{todo['id']}/complete/", if_match='"1"', idempotency_key=key)
    api("POST", f"todos/{todo['id']}/complete/", if_match='"2"')
    api("POST", f"todos/{todo['id']}/complete/", if_match='"1"')
    api("POST", "todos/", {"name": ""})
    assert [command(*each) - old for each, old in zip(BECAME, before, strict=True)] == [1, 1, 1, 1, 1, 1]


BECAME = [
    ("create", "changed"),
    ("complete", "changed"),
    ("complete", "replayed"),
    ("complete", "unchanged"),
    ("complete", "conflict"),
    ("create", "refused", "empty_name"),
]


def test_a_scrape_tells_of_commands_requests_batches_and_lag(api: Api) -> None:
    api("POST", "todos/", {"name": "x"})
    api.drain()
    assert value("tenfold_commands_total", type="TODO", rule="create", result="changed") >= 1
    assert value("tenfold_command_seconds_count", type="TODO") >= 1
    assert value("tenfold_store_requests_total", operation="PutItem", outcome="ok") >= 1
    assert value("tenfold_store_request_seconds_count", operation="PutItem") >= 1
    assert value("tenfold_scrape_ok") == 1
    assert value("tenfold_shards_open") >= 1
    assert value("tenfold_lag_seconds") < 60
    assert value("tenfold_projection_events_total") >= 1
    assert value("tenfold_projection_lines_total") >= 1
    assert value("tenfold_projection_batch_seconds_count") >= 1
    assert value("tenfold_slices_total", cause="ring") >= 1
    assert value("tenfold_journal_position", tenant=api.tenant.code) >= 1
    assert value("tenfold_breaker_open") == 0


def test_what_is_not_shown_is_told_by_why(acme: TestTenant) -> None:
    def waiting() -> list[float]:
        return [value("tenfold_entities_not_shown", state=state) for state in ("parked", "held", "discarded")]

    before = waiting()
    for state in ("parked", "parked", "held"):
        Parked.objects.create(
            entity_id=f"x#{uuid4()}", tenant_code=acme.code, state=state, version=1, parked_at=timezone.now()
        )
    after = waiting()
    Parked.objects.filter(entity_id__startswith="x#").delete()
    assert [new - old for new, old in zip(after, before, strict=True)] == [2, 1, 0]


def test_a_handler_that_is_behind_or_fails_is_told_by_its_name(acme: TestTenant) -> None:
    head = JournalHead.objects.get(tenant_code=acme.code).position
    late = Cursor.objects.create(
        tenant_code=acme.code, handler="late", position=head - 3, attempts=1, next_at=timezone.now()
    )
    behind, failing = (
        value("tenfold_reaction_lines_behind", handler="late"),
        value("tenfold_reaction_tenants_failing", handler="late"),
    )
    late.delete()
    assert (behind, failing) == (3, 1)


def test_a_refused_put_is_told_by_its_error(api: Api) -> None:
    refused = {"operation": "PutItem", "outcome": "ConditionalCheckFailedException"}
    before, todo = counted("store_requests", **refused), api("POST", "todos/", {"name": "x"}).json()
    fact = store().read(todo["id"].replace("~", "#"))
    assert fact
    with pytest.raises(Rejected):
        store().write([Append(replace(fact, command_id="another"))], token="t")
    assert counted("store_requests", **refused) == before + 1


def test_postgres_that_does_not_answer_costs_its_part_only(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = threading.Event()
    monkeypatch.setattr(metrics, "STORED", ProbeQuestion("metrics", lambda: hung.wait(30)))
    monkeypatch.setattr(metrics, "PROBE_TIMEOUT", 0.05)
    text = metrics.exposition().decode()
    hung.set()
    assert "tenfold_scrape_ok 0.0" in text
    assert "tenfold_commands_total" in text


def test_without_a_token_it_answers_this_machine_only() -> None:
    client = Client(headers={"Host": "localhost"})
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 401


@pytest.mark.parametrize(
    ("sent", "status"), [("Bearer s3cret", 200), ("Bearer other", 401), ("Bearer ä", 401), ("s3cret", 401), ("", 401)]
)
def test_with_a_token_it_answers_whoever_sends_it(settings: Settings, sent: str, status: int) -> None:
    settings.METRICS_TOKEN = "s3cret"
    assert scrape(Authorization=sent).status_code == status


def test_a_tenants_host_has_none(acme: Any) -> None:
    assert Client(headers={"Host": acme.host}).get("/metrics").status_code == 404


COUNT = """
from cqrs.telemetry.metrics import COMMANDS
COMMANDS.labels("TODO", "create", "changed", "").inc(3)
"""


SCRAPE = """
import django
django.setup()
from config.metrics import exposition
print(exposition().decode())
"""


def test_processes_of_a_machine_add_up_and_the_dead_still_count(tmp_path: Path) -> None:
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"), "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=env, check=True)
    told = subprocess.run([sys.executable, "-c", SCRAPE], env=env, check=True, capture_output=True, text=True).stdout
    assert 'tenfold_commands_total{code="",result="changed",rule="create",type="TODO"} 6.0' in told
