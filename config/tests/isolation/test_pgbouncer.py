"""A real pgbouncer in front of the tests' Postgres: in session mode tenants stay apart, any other mode is refused."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from django.core import checks
from django.db import connection

from config.pooling import shares_sessions
from config.stack.ports import free_port
from config.tests.isolation.place import Place

BINARY = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WHY_NOT = "pgbouncer is not installed (Debian's package of that name): its modes are not tried"

pytestmark = pytest.mark.skipif(BINARY is None, reason=WHY_NOT)
if BINARY is None:
    print(WHY_NOT)  # noqa: T201  # whoever runs the suite is to know


def params() -> dict[str, Any]:
    own = ("context", "cursor_factory", "pool")
    return {name: value for name, value in connection.get_connection_params().items() if name not in own}


@pytest.fixture
def pgbouncer(both: Place, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """How to connect through a pgbouncer in the mode that the test is parametrised with."""
    there, port = params(), free_port()
    with TemporaryDirectory(prefix="bouncer") as folder:
        Path(folder).chmod(0o755)
        ini = Path(folder) / "pgbouncer.ini"
        ini.write_text(_ini(there, port=port, mode=request.param))
        as_user = ["-u", "nobody"] if os.getuid() == 0 else []  # it refuses to be root
        process = subprocess.Popen([str(BINARY), *as_user, str(ini)], stderr=subprocess.DEVNULL)
        try:
            through = {**there, "host": "127.0.0.1", "port": port}
            _wait(through)
            yield through
        finally:
            process.terminate()
            process.wait()


@pytest.mark.parametrize("pgbouncer", ["session"], indirect=True)
def test_in_session_mode_each_client_keeps_its_search_path(both: Place, pgbouncer: dict[str, Any]) -> None:
    assert not shares_sessions(lambda: psycopg.connect(**pgbouncer))
    assert set(_interleaved(both, pgbouncer)) == {(True, True)}


@pytest.mark.parametrize("pgbouncer", ["transaction"], indirect=True)
def test_in_transaction_mode_a_search_path_is_anybodys_which_the_check_refuses(
    both: Place, pgbouncer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (True, True) not in _interleaved(both, pgbouncer)
    monkeypatch.setitem(connection.settings_dict, "HOST", pgbouncer["host"])
    monkeypatch.setitem(connection.settings_dict, "PORT", pgbouncer["port"])
    assert "tenfold.E006" in _found()


def test_without_a_pooler_the_check_passes(both: Place) -> None:
    assert "tenfold.E006" not in _found()


def _found() -> set[str | None]:
    return {each.id for each in checks.run_checks(tags=["tenfold"], databases=["default"])}


def _interleaved(both: Place, through: dict[str, Any]) -> list[tuple[bool, bool]]:
    """Two clients set their tenant's search path, then both ask whose journal they see: whether each sees its own."""
    sites, seen = (both.victim, both.other), []
    with psycopg.connect(**through, autocommit=True) as one, psycopg.connect(**through, autocommit=True) as other:
        for _ in range(5):
            for client, site in zip((one, other), sites, strict=True):
                client.execute(f"SET search_path = {site.tenant.schema_name}".encode())
            found = [client.execute("SELECT tenant_code FROM home").fetchone() for client in (one, other)]
            seen.append((found[0] == (sites[0].code,), found[1] == (sites[1].code,)))
    return seen


def _ini(there: dict[str, Any], *, port: int, mode: str) -> str:
    wanted = ("host", "port", "user", "password", "dbname")
    target = " ".join(f"{name}={there[name]}" for name in wanted if name in there)
    return f"""
[databases]
* = {target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 4
ignore_startup_parameters = extra_float_digits,options
"""


def _wait(through: dict[str, Any]) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(**through | {"connect_timeout": 2}).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
