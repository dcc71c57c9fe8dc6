"""What is asked of the parts, and what is made of it: who gets traffic, and who need look."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config import health, log_probe
from config.log_probe import LogProbe
from config.models import ProcessSeen
from config.parts import Part, judge
from config.presence import Presence
from config.probe_question import NoAnswer, ProbeQuestion
from config.process_figures import ProcessFigures, read_figures
from cqrs.clocks import POSTGRES, Offset, note
from cqrs.dynamodb.client import dynamodb, table
from cqrs.dynamodb.probe import PROBE, LogProbeFailed
from cqrs.telemetry import last_write
from cqrs.telemetry.metrics import STORE_REQUESTS

PARTS = ["postgres", "log", "clock", "broker", "workers", "beat", "lag", "parked", "breaker", "canary", "clocks"]


@pytest.fixture
def _patient(tenants: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call to each store, on a busy machine."""
    monkeypatch.setattr(health, "PROBE_TIMEOUT", 30.0)
    monkeypatch.setattr(health, "WARNING_TIMEOUT", 30.0)


@pytest.fixture
def _nobody_seen(tenants: Any) -> Iterator[None]:
    ProcessSeen.objects.all().delete()
    yield
    ProcessSeen.objects.all().delete()


@pytest.fixture
def _no_write_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has written nothing so far."""
    monkeypatch.setattr(last_write, "_last", {"at": float("-inf")})


def get(path: str) -> Any:
    return Client(headers={"Host": "localhost"}).get(path)


def puts() -> float:
    return sum(
        each.value for each in next(iter(STORE_REQUESTS.collect())).samples if each.labels.get("operation") == "PutItem"
    )


@pytest.mark.usefixtures("_patient", "_nobody_seen")
def test_without_workers_and_beat_a_process_gets_traffic_and_tells_of_it() -> None:
    response = get("/readyz")
    body = response.json()
    assert (response.status_code, body["status"], list(body["checks"])) == (200, "ready", PARTS)
    assert body["checks"]["postgres"] == {"ok": True, "reason": ""}
    assert body["checks"]["beat"] == {
        "ok": False,
        "reason": "no beat seen in the last hour",
        "count": 0,
        "seen_seconds": None,
    }
    assert "workers: no worker seen in the last hour" in body["warnings"]


@pytest.mark.usefixtures("_patient", "_nobody_seen")
def test_the_same_is_a_503_of_statusz_and_a_gauge_each() -> None:
    response = get("/statusz")
    assert (response.status_code, response.json()["status"]) == (503, "not well")
    assert list(response.json()["checks"]) == PARTS
    scraped = get("/metrics").content.decode()
    assert 'tenfold_part_up{part="beat"} 0.0' in scraped
    assert 'tenfold_part_up{part="postgres"} 1.0' in scraped


@pytest.mark.usefixtures("_nobody_seen")
def test_a_process_that_signed_is_seen_and_one_that_stopped_signing_is_missed() -> None:
    Presence(ProcessSeen.Kind.BEAT).sign()
    assert judge(read_figures())["beat"].is_well
    with connection.cursor() as cursor:
        cursor.execute("UPDATE public.process_seen SET seen_at = now() - interval '40 seconds'")
    assert judge(read_figures())["beat"].reason == "no beat seen for 40 s"


def test_a_beat_whose_messages_nobody_works_at_is_told_apart_from_one_that_does_not_run(tenants: Any) -> None:
    long, short = (ProcessFigures(count=1, seen_seconds=1.0, running_seconds=seconds) for seconds in (600.0, 5.0))
    figures = replace(read_figures(), song=None)

    def canary(beat: ProcessFigures) -> str:
        return judge(replace(figures, processes={**figures.processes, "beat": beat}))["canary"].reason

    assert canary(long) == "beat runs, and none of its messages was worked at: broker or workers"
    assert canary(short) == ""
    assert canary(ProcessFigures()) == ""


@pytest.mark.usefixtures("_patient", "_nobody_seen")
def test_a_wrong_clock_is_not_ready_and_that_of_another_process_is_a_warning() -> None:
    note(POSTGRES, Offset(60.0, 0.0))
    try:
        refused = get("/readyz")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO public.process_seen (name, kind, trouble) VALUES ('x', 'worker', %s)", ["60 s off"]
            )
    finally:
        note(POSTGRES, Offset(0.0, 0.0))
    assert (refused.status_code, refused.json()["checks"]["clock"]["ok"]) == (503, False)
    told = get("/readyz")
    assert told.status_code == 200
    assert "clocks: a process writes nothing, its clock is 60 s off" in told.json()["warnings"]


def test_a_question_that_hangs_keeps_one_thread_and_nobody_who_asks_again() -> None:
    hung, asked = threading.Event(), list[int]()

    def ask() -> str:
        asked.append(1)
        assert hung.wait(30)
        return "well"

    question = ProbeQuestion("slow", ask)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(question.start().result, timeout=0.2) for _ in range(8)]
        assert [type(each.exception()) for each in waiting] == [NoAnswer] * 8
    with pytest.raises(NoAnswer):
        question.start().result(timeout=0.2)
    assert time.monotonic() - begun < 2
    assert len(asked) == 1
    hung.set()
    assert question.start().result(timeout=30) == "well"


def test_what_a_part_raises_is_its_reason(monkeypatch: pytest.MonkeyPatch, tenants: Any) -> None:
    monkeypatch.setattr(health, "POSTGRES", ProbeQuestion("broken", lambda: 1 / 0))
    found = health.readiness()
    assert found.parts["postgres"] == Part("ZeroDivisionError")
    assert not found.is_ready


@pytest.mark.usefixtures("tenants", "_no_write_yet")
def test_a_process_without_commands_puts_one_item_however_often_it_is_asked() -> None:
    before, probe = puts(), LogProbe()
    with ThreadPoolExecutor(8) as pool:
        first = [pool.submit(probe.require_written) for _ in range(8)]
    assert any(each.exception() is None for each in first)
    assert probe.require_written() < 10
    assert puts() - before == 1
    item = dynamodb().get_item(TableName=table("counters"), Key=PROBE, ConsistentRead=True)["Item"]
    assert item == PROBE


@pytest.mark.usefixtures("_no_write_yet")
def test_a_command_counts_in_place_of_that_put(api: Any) -> None:
    assert api("POST", "todos/", {"name": "x"}).status_code == 201
    before = puts()
    assert LogProbe().require_written() < 5
    assert puts() == before


@pytest.mark.usefixtures("tenants", "_no_write_yet")
def test_a_log_that_takes_no_writes_is_told_by_its_error_and_not_asked_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = list[int]()

    def refuse() -> None:
        tried.append(1)
        raise LogProbeFailed("InternalFailure")

    monkeypatch.setattr(log_probe, "write_probe", refuse)
    probe = LogProbe()
    for _ in range(3):
        with pytest.raises(LogProbeFailed, match="InternalFailure"):
            probe.require_written()
    assert len(tried) == 1
