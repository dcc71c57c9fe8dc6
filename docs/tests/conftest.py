"""A reader at an empty desk: a folder, a database and a DynamoDB of their own, on the suite's stores."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from config.environment import environment
from config.stack.ports import free_port
from docs.tests.reader import Reader


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database."""
    name, server = f"docs_{uuid4().hex[:8]}", environment().database
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(server)._replace(path=name).geturl()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def reader(tmp_path: Path, database: str) -> Iterator[Reader]:
    (local := tmp_path / ".local").mkdir()
    env = {"DATABASE_URL": database, "TENFOLD_DYNAMODB_ACCESS_KEY": f"docs{uuid4().hex}", "TENFOLD_LOCAL": str(local)}
    found = Reader(tmp_path, port=free_port(), env=env)
    yield found
    found.close()
