"""`manage.py init` on empty stores: everything is there afterwards, once, and the first member of staff gets in."""

import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest

from config.environment import ROOT
from config.stack.ports import LOOPBACK
from config.tests.serving import serving
from docs.tests.conftest import database  # noqa: F401  # a fixture

LINK = re.compile(r"^http\S+/reset/\S+$", re.MULTILINE)
PASSWORD = "correct horse battery"

type Env = dict[str, str]


@pytest.fixture
def empty(database: str) -> Env:  # noqa: F811
    """The environment of an installation of its own."""
    own = {"DATABASE_URL": database, "TENFOLD_DYNAMODB_ACCESS_KEY": f"init{uuid4().hex}"}
    return own | {"TENFOLD_LOG_LEVEL": "CRITICAL", "TENFOLD_STAFF_EMAIL": ""}


def start(env: Env, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(env: Env, *words: str) -> tuple[int, str]:
    """Exit code, and what was written."""
    process = start(env, *words)
    text = process.communicate(timeout=120)[0]
    return process.returncode, text


def test_two_machines_at_once_prepare_it_once_and_the_one_link_lets_staff_in(empty: Env) -> None:
    both = [start(empty, "init", "--staff-email", "First@Staff.Example") for _ in range(2)]
    said = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    migrated = [each.partition("Migrations")[2].partition("\n")[0] for each in said]
    assert sorted("nothing to do" in each for each in migrated) == [False, True]
    assert all("this store keeps no point-in-time recovery" in each for each in said)
    [link] = [found for each in said for found in LINK.findall(each)]
    with serving(**empty) as web:
        assert sign_in(web.port) != 302
        set_password(web.port, link)
        assert sign_in(web.port) == 302
    code, again = run(empty, "init", "--staff-email", "first@staff.example")
    assert (code, LINK.findall(again), "first@staff.example is there" in again) == (0, [], True)
    assert again.count("nothing to do") == 2
    assert run(empty, "check", "--database", "default")[0] == 0


def test_an_account_that_is_there_already_loses_its_password_and_a_wrong_address_is_withdrawn(empty: Env) -> None:
    first = run(empty, "init", "--staff-email", "typo@acme.example")[1]
    assert run(empty, "provision_tenant", "acme", "--owner-email", "boss@acme.example")[0] == 0
    invited = run(empty, "init", "--staff-email", "boss@acme.example")[1]
    silent = run(empty, "init")[1]
    assert "boss@acme.example was given a link and has set no password yet" in silent
    assert not LINK.search(silent)
    anew = run(empty, "init", "--new-link")[1]
    tokens = [LINK.findall(each)[0].partition("token=")[2] for each in (first, invited, anew)]
    found = run(empty, "shell", "--no-imports", "-c", PEOPLE.format(tokens))[1]
    assert found.splitlines() == [
        "boss@acme.example True False [False, False, True]",
        "typo@acme.example False False [False, False, False]",
    ]
    assert run(empty, "init", "--new-link", "--staff-email", "typo@acme.example")[0] == 1


PEOPLE = """
from django.contrib.auth.tokens import default_token_generator
from tenants.models import User

for each in User.objects.order_by("email"):
    good = [default_token_generator.check_token(each, token) for token in {}]
    print(each.email, each.is_superuser, each.has_usable_password(), good)
"""


AWAY = {
    "PostgreSQL: ": {"DATABASE_URL": "postgres://tenfold@127.0.0.1:1/tenfold"},
    "DynamoDB: ": {"DYNAMODB_ENDPOINT": "http://127.0.0.1:1"},
    "TENFOLD_MASTER_KEY is not set": {"DYNAMODB_ENDPOINT": "aws", "TENFOLD_MASTER_KEY": ""},
}


@pytest.mark.parametrize("said", AWAY)
def test_what_stands_in_the_way_is_said_and_ends_it(empty: Env, said: str) -> None:
    code, text = run(empty | AWAY[said], "init", "--wait", "1")
    assert (code, said in text, "Traceback" in text, "Tables" in text) == (1, True, False, False), text


def test_a_database_that_is_not_there_is_not_waited_for(empty: Env) -> None:
    code, text = run(empty | {"DATABASE_URL": empty["DATABASE_URL"] + "x"}, "init", "--wait", "600")
    assert (code, "does not exist" in text) == (1, True)


def get(port: int, url: str, *, cookie: str = "") -> tuple[int, str, str]:
    """Status, cookies, body."""
    return _send(port, "GET", url, cookie=cookie)


def set_password(port: int, link: str) -> None:
    """Open the link, and set a password there."""
    parts = urlsplit(link)
    given = dict(each.split("=") for each in parts.query.split("&"))
    assert _submit(port, link, given | {"new_password1": PASSWORD, "new_password2": PASSWORD}) == 302


def sign_in(port: int) -> int:
    """The status of signing in as the first member of staff."""
    return _submit(port, "/sign-in/", {"email": "first@staff.example", "password": PASSWORD})


def _submit(port: int, url: str, fields: dict[str, str]) -> int:
    status, cookie, body = get(port, url)
    assert status == 200
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', body)[0]
    form = urlencode(fields | {"csrfmiddlewaretoken": token})
    return _send(port, "POST", urlsplit(url).path, cookie=cookie, body=form)[0]


def _send(port: int, method: str, url: str, *, cookie: str, body: str = "") -> tuple[int, str, str]:
    parts = urlsplit(url)
    client = HTTPConnection(LOOPBACK, port, timeout=30)
    headers = {"Host": "localhost", "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    client.request(method, f"{parts.path}?{parts.query}", body, headers)
    answer = client.getresponse()
    cookies = "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or [])
    found = answer.status, cookies, answer.read().decode()
    client.close()
    return found
