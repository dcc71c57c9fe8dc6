"""What must be set before a deployment serves anybody: `check --deploy` tells it, and without keys nothing starts."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.deployment import deployment_is_complete
from config.environment import ROOT, Environment, environment

COMPLETE = {
    "TENFOLD_SECRET_KEY": secrets.token_urlsafe(50),
    "TENFOLD_MASTER_KEY": secrets.token_urlsafe(50),
    "TENFOLD_HOST": "tenfold.example",
    "TENFOLD_ADDRESS": "https://tenfold.example",
    "TENFOLD_PROXIES": "1",
    "TENFOLD_MAIL": "smtp+plain://127.0.0.1:25",
}
WRONG = {
    "TENFOLD_SECRET_KEY": ({"TENFOLD_SECRET_KEY": ""}, "E010"),
    "TENFOLD_MASTER_KEY": ({"TENFOLD_MASTER_KEY": ""}, "E010"),
    "a short key": ({"TENFOLD_SECRET_KEY": "hunter2"}, "E011"),
    "a regular key": ({"TENFOLD_MASTER_KEY": "ab" * 40}, "E011"),
    "one key for both": ({"TENFOLD_MASTER_KEY": COMPLETE["TENFOLD_SECRET_KEY"]}, "E011"),
    "debug": ({"TENFOLD_DEBUG": "1"}, "E012"),
    "webhooks to the private network": ({"TENFOLD_WEBHOOKS_LOCAL": "1"}, "E013"),
    "http": ({"TENFOLD_ADDRESS": "http://tenfold.example"}, "E014"),
    "no address": ({"TENFOLD_ADDRESS": ""}, "E014"),
    "no host in it": ({"TENFOLD_ADDRESS": "https://"}, "E014"),
    "another host's address": ({"TENFOLD_ADDRESS": "https://www.example"}, "E015"),
}
ELSEWHERE = {"TENFOLD_SECRET_KEY": "", "TENFOLD_MASTER_KEY": "", "DYNAMODB_ENDPOINT": "aws"}


def run(*words: str, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """A process of ours, to its end."""
    own = {"TENFOLD_LOG_LEVEL": "CRITICAL", **env}
    return subprocess.run(  # noqa: PLW1510
        [sys.executable, *words], cwd=ROOT, env=os.environ | own, capture_output=True, text=True, timeout=120
    )


def ids(monkeypatch: pytest.MonkeyPatch, env: Mapping[str, str]) -> list[str]:
    """What our own checks find in this environment."""
    for name, value in {**COMPLETE, **env}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("config.deployment.environment", Environment)
    return [str(each.id) for each in deployment_is_complete(None)]


def test_a_complete_one_passes_and_a_bare_one_is_told_everything_at_once() -> None:
    complete = run("manage.py", "check", "--deploy", env=COMPLETE)
    assert (complete.returncode, complete.stdout.split(" (")[0]) == (0, "System check identified no issues"), complete
    bare = run("manage.py", "check", "--deploy", env=dict.fromkeys(COMPLETE, "") | {"TENFOLD_HOST": "localhost"})
    assert bare.returncode == 1
    found = sorted(re.findall(r"\((\w+\.\w+)\)", bare.stderr))
    assert found == ["mail.E001", "tenfold.E010", "tenfold.E010", "tenfold.E014"]
    assert "TENFOLD_SECRET_KEY" in bare.stderr
    assert "TENFOLD_MASTER_KEY" in bare.stderr


@pytest.mark.parametrize("what", WRONG)
def test_each_is_refused_by_itself(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change, expected = WRONG[what]
    assert ids(monkeypatch, change) == [f"tenfold.{expected}"]


def test_a_complete_environment_has_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(monkeypatch, {}) == []


def test_embedded_stores_need_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    none = {"DATABASE_URL": "", "DYNAMODB_ENDPOINT": "", "TENFOLD_SECRET_KEY": "", "TENFOLD_MASTER_KEY": ""}
    assert ids(monkeypatch, none) == []


def test_it_is_told_while_postgres_is_away_too() -> None:
    away = COMPLETE | {"DATABASE_URL": "postgres://tenfold@127.0.0.1:1/tenfold?connect_timeout=1"}
    wrong = run("manage.py", "check", "--deploy", env=away | {"TENFOLD_DEBUG": "1"})
    assert (wrong.returncode, "tenfold.E012" in wrong.stderr, "Traceback" in wrong.stderr) == (1, True, False)
    right = run("manage.py", "check", "--deploy", env=away)
    assert (right.returncode, "PostgreSQL does not answer" in right.stderr) == (1, True)


PROCESSES = {
    "web": ("-m", "granian", "--interface", "wsgi", "--port", "0", "config.wsgi:application"),
    "worker": ("-m", "celery", "--app", "config", "worker", "--pool", "threads"),
    "beat": ("-m", "celery", "--app", "config", "beat", "--pidfile=", "--schedule"),
    "a command": ("manage.py", "drain"),
}


@pytest.mark.parametrize("name", PROCESSES)
def test_nothing_starts_without_keys_where_the_stores_are_elsewhere(name: str, tmp_path: Path) -> None:
    words = (*PROCESSES[name], str(tmp_path / "beat")) if name == "beat" else PROCESSES[name]
    ended = run(*words, env=ELSEWHERE)
    assert ended.returncode == 1, ended
    for key in ("TENFOLD_SECRET_KEY", "TENFOLD_MASTER_KEY"):
        assert f"{key} is not set, while DYNAMODB_ENDPOINT leads to what outlives this machine." in ended.stderr


def test_no_key_is_made_up_there() -> None:
    code = "from config import settings; print([settings.SECRET_KEY, settings.MASTER_KEY])"
    assert run("-c", code, env=ELSEWHERE).stdout == "['', '']\n"
    assert run("-c", code, env={"TENFOLD_SECRET_KEY": ""}).stdout.count("''") == 0
    assert environment().stores_elsewhere == []
