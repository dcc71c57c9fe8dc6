"""Readiness: every part is asked, none for long, and what is missing is said."""

import threading
import time
from typing import Any

import pytest
from django.test import Client

from config import health


def test_each_part_is_named(tenants: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WITHIN", 30.0)  # the first call to each store, on a busy machine
    checks = health.readiness().checks
    assert set(checks) == {"postgres", "dynamodb", "broker", "worker", "projections"}
    assert all(not checks[part].reason for part in ("postgres", "dynamodb", "broker"))


def test_without_a_worker_it_is_503_and_says_so(tenants: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WITHIN", 30.0)
    monkeypatch.setattr(health, "WORKER_SEEN", float("-inf"))  # other tests may have run one just now
    response = Client(headers={"Host": "localhost"}).get("/readyz")
    body = response.json()
    assert (response.status_code, body["status"], response["Retry-After"]) == (503, "not ready", "2")
    assert body["checks"]["postgres"] == {"ok": True}
    assert body["checks"]["worker"]["ok"] is False
    assert body["checks"]["worker"]["reason"].startswith("none seen within")


def test_a_part_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = threading.Event()
    monkeypatch.setattr(health, "CHECKS", {"slow": hung.wait, "broken": lambda: 1 / 0})
    monkeypatch.setattr(health, "WITHIN", 0.05)
    begun = time.monotonic()
    found = health.readiness()
    hung.set()
    assert time.monotonic() - begun < 1
    assert {name: check.reason for name, check in found.checks.items()} == {
        "slow": "no answer in time",
        "broken": "ZeroDivisionError",
    }
