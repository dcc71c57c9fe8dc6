"""A pytest plugin: stores of its own for every test run, and a corner of each store for every worker of the run.

It is loaded with `-p` because the settings read the addresses before any conftest is. What the environment names
already (DATABASE_URL, DYNAMODB_ENDPOINT, CELERY_BROKER_URL) is used as it is.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from config.environment import ROOT

OWN = "TENFOLD_TEST_STORES"  # set when this run started stores itself, and so may divide them among its workers


@pytest.hookimpl(wrapper=True)  # wrappers come first: pytest-django imports the settings in this very hook
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the stores in the controlling process, and take a corner of them in each worker."""
    options = early_config.known_args_namespace
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        take_corner(worker)
    elif not (options.help or options.collectonly or options.version):
        stores = start()
        early_config.add_cleanup(lambda: stop(stores))
        take_corner("main")
    return (yield)


def start() -> "subprocess.Popen[str]":
    """Stores that live until `stop`, or until this process ends; their addresses go into the environment."""
    stores = subprocess.Popen(
        [sys.executable, "-m", "config.stack.ephemeral"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for pytest, which then stops them
    )
    assert stores.stdout
    answer = stores.stdout.readline()
    if not answer:
        pytest.exit("The stores for the tests did not start; `make doctor` says more", returncode=1)
    os.environ.update(json.loads(answer), **{OWN: "yes"})
    return stores


def stop(stores: "subprocess.Popen[str]") -> None:
    """End the stores and wait until they are gone."""
    stores.communicate()  # closes their standard input


def take_corner(worker: str) -> None:
    """Give this worker a DynamoDB, a broker and a local folder that no other worker sees."""
    if not os.environ.get(OWN):
        return
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    broker = os.environ["CELERY_BROKER_URL"].rpartition("/")[0]
    local = Path(os.environ["TENFOLD_LOCAL"]).with_name("local") / worker
    local.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        TENFOLD_DYNAMODB_ACCESS_KEY=f"test{worker}",
        CELERY_BROKER_URL=f"{broker}/{number}",
        TENFOLD_LOCAL=str(local),
    )
