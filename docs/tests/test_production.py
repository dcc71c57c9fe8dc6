"""A production is started as the page says, on stores of its own, and does its work: web, worker and beat."""

import json
import shutil
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.environment import ROOT, environment
from config.stack.app import web
from config.stack.ports import LOOPBACK, free_port
from docs.tests.blocks import blocks
from docs.tests.reader import Reader

PAGE = ROOT / "docs" / "how-to" / "run-in-production.md"
HOST = "acme.tenfold.example.com"
TRIES = 30
"""Of a read that waits for up to a second."""

KEY = """
from tenants.keys import create_key
from tenants.models import Tenant
print(create_key(Tenant.objects.get(code="acme"), name="page", scopes={"*"})[1])
"""


@pytest.fixture
def stores(database: str, tmp_path: Path) -> dict[str, str]:
    """The reader's own: where the stores are, and what makes the wait for the canary short."""
    return {
        "DATABASE_URL": f"{database}?application_name=production",
        "DYNAMODB_ENDPOINT": str(environment().dynamodb),
        "TENFOLD_DYNAMODB_REGION": "us-east-1",
        "CELERY_BROKER_URL": environment().broker,
        "TENFOLD_LOCAL": str(tmp_path / "local"),
    }


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def operator(tmp_path: Path, port: int, stores: dict[str, str]) -> Iterator[Reader]:
    (tmp_path / "local").mkdir()
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shutil.copy(ROOT / "manage.py", tmp_path)
    env = {"TENFOLD_DYNAMODB_ACCESS_KEY": f"docs{uuid4().hex}", "TENFOLD_CANARY_SECONDS": "1", "TENFOLD_POOL": "1"}
    found = Reader(tmp_path, port=port, env=env, own=stores)
    yield found
    found.close()


def test_what_the_page_says_makes_a_production_that_works(operator: Reader, tmp_path: Path, port: int) -> None:
    operator.follow(PAGE)
    key = operator.run(f".venv/bin/python manage.py shell --no-imports -c '{KEY}'").strip()
    made = ask(port, "POST", "/api/v1/todos/", key=key, body={"name": "in production"})
    assert made["name"] == "in production"
    assert any(made["id"] in listed(port, key) for _ in range(TRIES))
    css = operator.run(f"curl -s -H 'X-Forwarded-Proto: https' http://tenfold.example.com:{port}/")
    assert "/static/app." in css
    log = (tmp_path / "beat.log").read_text("utf-8")
    assert "Traceback" not in log
    web_log = (tmp_path / "web.log").read_text("utf-8")
    assert "Traceback" not in web_log


def test_the_page_starts_the_web_process_as_the_supervisor_does() -> None:
    shown = next(block.text for block in blocks(PAGE) if "granian" in block.text).replace("\\\n", " ").split()
    for option in ("--interface", "--blocking-threads", "--workers-kill-timeout"):
        ours = web(environment()).command
        assert shown[shown.index(option) + 1] == ours[ours.index(option) + 1]
    assert "--respawn-failed-workers" in shown


def listed(port: int, key: str) -> set[str]:
    """The ids of the todos that the list shows."""
    return {todo["id"] for todo in ask(port, "GET", "/api/v1/todos/?limit=100", key=key)["results"]}


def ask(port: int, method: str, path: str, *, key: str, body: object = None) -> Any:
    """A program's request, as the proxy passes it on."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    headers |= {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Prefer": "wait=1"}
    client = HTTPConnection(LOOPBACK, port, timeout=30)
    client.request(method, path, json.dumps(body) if body else None, headers)
    answer = client.getresponse()
    found = json.loads(answer.read())
    client.close()
    assert answer.status < 300, found
    return found
