"""DATABASE_URL: what it says reaches the driver, and what it cannot mean is said in words."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import OperationalError, load_backend

from config.database import host_of_database, is_local, parse_database
from config.environment import ROOT, environment
from config.postgres.connection import BoundedConnection


def connected(url: str) -> Any:
    """Django's connection to this database, without a pool: what goes wrong is told at once."""
    found = parse_database(url, pool=1)
    found["OPTIONS"].pop("pool")
    return load_backend(found["ENGINE"]).DatabaseWrapper(connection.settings_dict | found)


def server(**query: str) -> str:
    """The suite's PostgreSQL, with these options."""
    return f"{environment().database}?{'&'.join(f'{name}={quote(value)}' for name, value in query.items())}"


@pytest.mark.usefixtures("tenants")
def test_options_reach_the_driver() -> None:
    url = server(application_name="till 4", options="-cstatement_timeout=4321", connect_timeout="3")
    asked = connected(url)
    with asked.cursor() as cursor:
        cursor.execute("SELECT current_setting('application_name'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("till 4", "4321ms")
    asked.close()
    with pytest.raises(OperationalError, match="does not support SSL"):
        connected(server(sslmode="require")).ensure_connection()


def test_the_pool_and_its_size_stay_ours() -> None:
    found = parse_database("postgres://h/n?sslmode=verify-full&sslrootcert=/etc/ca.pem&keepalives=1", pool=7)
    pool = {"min_size": 1, "max_size": 7, "connection_class": BoundedConnection}
    asked = {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "keepalives": "1", "connect_timeout": "5"}
    assert found["OPTIONS"] == asked | {"pool": pool}


@pytest.mark.parametrize(
    ("url", "host", "name", "password"),
    [
        ("postgres://me:p%40%2Fs%3A@db.example:6432/ten%20fold", "db.example", "ten fold", "p@/s:"),
        ("postgresql://me:x@[2001:db8::7]:5432/tenfold", "2001:db8::7", "tenfold", "x"),
        ("postgres://me@%2Frun%2FPostgres/tenfold", "/run/Postgres", "tenfold", ""),
        ("postgres:///tenfold?host=/run/Postgres&user=me", "/run/Postgres", "tenfold", ""),
    ],
)
def test_hosts_sockets_and_passwords_are_read_as_libpq_reads_them(
    url: str, host: str, name: str, password: str
) -> None:
    found = parse_database(url, pool=1)
    assert (found["HOST"], found["NAME"], found["USER"], found["PASSWORD"]) == (host, name, "me", password)
    assert host_of_database(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "h/n",
        "mysql://h/n",
        "postgres://me:p/w@h/n",
        "postgres://h:99999/n",
        "postgres://[::1/n",
        "postgres://h",
        "postgres://h/n?sslmod=require",
        "postgres://h/n?sslmode=require&sslmode=prefer",
    ],
)
def test_what_cannot_be_read_is_said_without_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL ") as refused:
        parse_database(url, pool=1)
    assert "p/w" not in str(refused.value)
    assert host_of_database(url) == ""


def test_a_command_says_it_in_one_line() -> None:
    wrong = {"DATABASE_URL": "postgres://h:no/n", "TENFOLD_PORT": "eighty"}
    for name, value in wrong.items():
        command = [sys.executable, "manage.py", "check"]
        ended = subprocess.run(command, cwd=ROOT, env=os.environ | {name: value}, capture_output=True, text=True)  # noqa: PLW1510
        assert (ended.returncode, ended.stderr.count("\n"), ended.stderr.split()[0].strip(":")) == (1, 1, name)


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "127.1.2.3", "::1", "/run/postgresql"])
def test_this_machine(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["db.example", "10.0.0.7", "fe80::1", "0.0.0.0", "localhost.example"])
def test_another_machine(host: str) -> None:
    assert not is_local(host)


def test_the_suites_own_database_is_on_this_machine() -> None:
    """So that its processes need no keys of their own."""
    assert urlsplit(environment().database).hostname
    assert environment().stores_elsewhere == []
    with psycopg.connect(server(application_name="plain")) as plain:
        assert plain.info.parameter_status("application_name") == "plain"
