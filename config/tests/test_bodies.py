"""Bodies as clients send them, said byte by byte to the web process: each is read to its end, or refused by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from config.tests.serving import serving
from config.tests.wire import Said, chunked, head, say
from conftest import Api, TestTenant

MIB = 1024 * 1024


@dataclass(frozen=True)
class Door:
    """acme's API on a real web process."""

    port: int
    tenant: TestTenant

    def head(self, method: str, path: str, **headers: str) -> bytes:
        sent = {"Authorization": f"Bearer {self.tenant.key}", "Content_Type": "application/json"} | headers
        return head(method, f"/api/v1/{path}", self.tenant.host, **sent)

    def chunked(self, method: str, path: str, body: bytes, **headers: str) -> Said:
        return say(self.port, self.head(method, path, Transfer_Encoding="chunked", **headers), chunked(body))

    def plain(self, method: str, path: str, body: bytes, **headers: str) -> Said:
        return say(self.port, self.head(method, path, Content_Length=str(len(body)), **headers) + body)


@pytest.fixture(scope="module")
def port(tenants: Any) -> Iterator[int]:
    with serving() as web:
        yield web.port


@pytest.fixture
def door(port: int, acme: TestTenant) -> Door:
    return Door(port, acme)


def names(api: Api, name: str) -> int:
    """How many todos have this name, by the log's own word."""
    api.drain()
    return len(api("GET", f"todos/?q={name}").json()["results"])


def test_a_chunked_body_is_read(door: Door) -> None:
    made = door.chunked("POST", "todos/", b'{"name": "in chunks"}')
    assert (made.status, made.json()["name"]) == (201, "in chunks")
    code = made.json()["code"]
    wrong = door.chunked("PATCH", f"todos/{code}/", b'{"name": "changed", "bogus": 1}', If_Match='"1"')
    assert (wrong.status, wrong.json()["errors"][0]["pointer"]) == (400, "/bogus")
    changed = door.chunked("PATCH", f"todos/{code}/", b'{"name": "changed"}', If_Match='"1"')
    assert (changed.status, changed.json()["name"], changed.json()["version"]) == (200, "changed", 2)
