"""A real browser on the real web server, worker and stores: fixtures of the tests that look at pages.

from config.tests.visiting import NEEDED, Visit, chromium, port, visit

pytestmark = NEEDED
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from subprocess import DEVNULL
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from config.stack.ports import free_port
from cqrs.stream.models import Shard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

NEEDED = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install Debian's `chromium`")

type Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def port(tenants: Any) -> Iterator[int]:
    """Of `serving`."""
    with serving() as port:
        yield port


@contextlib.contextmanager
def serving(**environment: str) -> Iterator[int]:
    """The web server and the worker as they run in production, on the stores of this test run; the former's port."""
    call_command("drain", verbosity=0)
    database = make_url(connection.settings_dict)
    Shard.objects.update(epoch=0)
    port, env = free_port(), os.environ | {"DATABASE_URL": database, "PYTHONPATH": str(settings.ROOT)} | environment
    serve = (
        f"granian --interface wsgi --port {port} --blocking-threads 32 --workers-kill-timeout 1 config.wsgi:application"
    )
    work = "celery --app config.celery worker --pool threads --concurrency 2 --without-gossip --without-mingle"
    processes = [
        subprocess.Popen([sys.executable, "-m", *command.split()], env=env, stdout=DEVNULL, stderr=DEVNULL)
        for command in (serve, work)
    ]
    try:
        _until_served(port)
        _until_followed()
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


def make_url(database: dict[str, Any]) -> str:
    """The tests' own database as an address."""
    account = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{account}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def _until_served(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    pytest.fail("the web server did not start")


def _until_followed() -> None:
    for _ in range(600):
        if Shard.objects.filter(epoch__gt=0).exists():
            return
        time.sleep(0.1)
    pytest.fail("the worker did not start")


@pytest.fixture(scope="module")
def chromium(port: int) -> Iterator[Browser]:  # after the port: its event loop keeps Django from the database
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, port: int, acme: Any) -> Iterator[Visit]:
    """Signs somebody in and opens a path; fails the test where a page logs an error or breaks its CSP."""
    contexts, faults = [], []

    def go(path: str = "/todos/", *, who: str = acme.owner, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message.text) else None)
        page.goto(f"http://{acme.host}:{port}/sign-in/?next={path}")
        page.get_by_label("Email").fill(who)
        page.get_by_label("Password").fill(acme.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        expect(page.locator("#main")).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(text: str) -> bool:
    return "Content Security Policy" in text or "htmx:" in text or "Uncaught" in text


NAMELESS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
  .filter((each) => each.checkVisibility())
  .filter((each) => !each.ariaLabel && !each.labels?.length && !(each.matches("a, button, summary") && each.innerText))
  .map((each) => each.outerHTML)"""

FOCUS_SEEN = """() => {
  const around = (each) => each && getComputedStyle(each).outlineStyle !== "none";
  const focused = document.activeElement;
  return focused === document.body || around(focused) || around(focused.closest(".compose"));
}"""
