"""Bodies as clients send them, said byte by byte to the web process: each is read to its end, or refused by name."""

import gzip
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest

from config.bodies import MAX_DISCARDED
from config.stack.ports import LOOPBACK
from config.tests.http2 import drop_http2, say_http2
from config.tests.serving import serving
from config.tests.wire import Said, chunked, head, hear, say
from conftest import Api, TestTenant

MIB = 1024 * 1024


@dataclass(frozen=True)
class Door:
    """acme's API on a real web process."""

    port: int
    tenant: TestTenant

    def head(self, method: str, path: str, **headers: str) -> bytes:
        sent = {"Authorization": f"Bearer {self.tenant.key}", "Content_Type": "application/json"} | headers
        return head(method, f"/api/v1/{path}", self.tenant.host, **{name: each for name, each in sent.items() if each})

    def chunked(self, method: str, path: str, body: bytes, **headers: str) -> Said:
        return say(self.port, self.head(method, path, Transfer_Encoding="chunked", **headers), chunked(body))

    def plain(self, method: str, path: str, body: bytes, **headers: str) -> Said:
        return say(self.port, self.head(method, path, Content_Length=str(len(body)), **headers) + body)

    def http2(self, method: str, path: str, *pieces: bytes, **headers: str) -> Said:
        sent = {"Authorization": f"Bearer {self.tenant.key}", "Content_Type": "application/json"} | headers
        return say_http2(self.port, method, f"/api/v1/{path}", self.tenant.host, *pieces, **sent)

    def connect(self) -> socket.socket:
        return socket.create_connection((LOOPBACK, self.port), 30)


@pytest.fixture(scope="module")
def port(tenants: Any) -> Iterator[int]:
    with serving() as web:
        yield web.port


@pytest.fixture(scope="module")
def door(port: int, tenants: dict[str, TestTenant]) -> Door:
    return Door(port, tenants["acme"])


@pytest.fixture
def name() -> str:
    return uuid4().hex


@pytest.fixture
def code(api: Api) -> str:
    return str(api("POST", "todos/", {"name": "x"}).json()["code"])


def todo(name: str) -> bytes:
    return orjson.dumps({"name": name})


def is_there(api: Api, name: str) -> bool:
    """Whether a todo of this name was made."""
    api.drain()
    return bool(api("GET", f"todos/?q={name}").json()["results"])


def version(api: Api, code: str) -> int:
    return int(api("GET", f"todos/{code}/?consistent=true").json()["version"])


def test_a_chunked_body_is_read(door: Door, name: str) -> None:
    made = door.chunked("POST", "todos/", todo(name))
    assert (made.status, made.json()["name"]) == (201, name)
    path = f"todos/{made.json()['code']}/"
    wrong = door.chunked("PATCH", path, b'{"name": "changed", "bogus": 1}', If_Match='"1"')
    assert (wrong.status, wrong.json()["errors"][0]["pointer"]) == (400, "/bogus")
    assert wrong.json()["errors"][0]["code"] == "unknown_field"
    changed = door.chunked("PATCH", path, b'{"name": "changed"}', If_Match='"1"')
    assert (changed.status, changed.json()["name"], changed.json()["version"]) == (200, "changed", 2)
    stale = door.chunked("DELETE", path, b'{"version": 1}')
    assert (stale.status, stale.json()["current_version"]) == (409, 2)


def test_a_part_of_an_order_is_shipped_by_a_chunked_body(door: Door, api: Api, name: str) -> None:
    api("POST", "products/", {"sku": name, "name": "tea", "price": {"amount": 100, "currency": "EUR"}})
    api("POST", f"inventory/{name}/adjust/", {"quantity": 9}, if_match="*", idempotency_key=uuid4().hex)
    address = {"street": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}
    order = {"customer_id": "c", "items": [{"sku": name, "quantity": 5}], "shipping_address": address}
    code = api("POST", "orders/", order, idempotency_key=uuid4().hex).json()["code"]
    for rule in ("confirm", "process"):
        assert api("POST", f"orders/{code}/{rule}/", {}, if_match="*").status_code == 200
    body = orjson.dumps({"items": [{"sku": name, "quantity": 1}]})
    shipped = door.chunked("POST", f"orders/{code}/ship/", body, If_Match="*", Idempotency_Key=uuid4().hex)
    assert (shipped.status, shipped.json()["status"]) == (200, "processing")
    assert [each["shipped"] for each in shipped.json()["items"]] == [1]


def test_chunks_trailers_and_pauses_are_no_matter(door: Door, api: Api, name: str) -> None:
    start = door.head("POST", "todos/", Transfer_Encoding="Chunked", Trailer="X-Sum")
    pieces = [chunked(todo(name), size=1, trailers="X-Sum: 1\r\n")[each : each + 40] for each in range(0, 400, 40)]
    with door.connect() as line:
        line.sendall(start)
        for piece in pieces:
            time.sleep(0.02)  # the process has read what came
            line.sendall(piece)
        assert hear(line).status == 201
        line.sendall(door.head("GET", "todos/?limit=1"))
        assert hear(line).status == 200, "the connection goes on behind the trailers"
    assert is_there(api, name)


def test_the_idempotency_key_is_of_the_body_that_was_read(door: Door, name: str) -> None:
    key = uuid4().hex
    first = door.chunked("POST", "todos/", todo(name), Idempotency_Key=key)
    again = door.plain("POST", "todos/", todo(name), Idempotency_Key=key)
    other = door.chunked("POST", "todos/", todo("other"), Idempotency_Key=key)
    assert (first.status, again.status, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert (other.status, other.json()["code"]) == (422, "idempotency_key_reused")


def test_http2_bodies_have_a_length_or_are_refused(door: Door, api: Api, code: str, name: str) -> None:
    pieces, path = (b'{"name": ', orjson.dumps(name), b"}"), f"todos/{code}/start/"
    made = door.http2("POST", "todos/", *pieces, Content_Length=str(sum(map(len, pieces))))
    assert (made.status, made.json()["name"]) == (201, name)
    refused = door.http2("POST", "todos/", *pieces)
    assert (refused.status, refused.json()["code"]) == (411, "length_required")
    assert door.http2("POST", path, If_Match="*").status == 411
    assert version(api, code) == 1
    assert door.http2("POST", path, If_Match="*", Content_Length="0").status == 200
    assert door.http2("GET", "todos/?limit=1").status == 200


def test_http2_requests_that_are_dropped_in_the_middle_hold_nothing(door: Door, api: Api, name: str) -> None:
    for headers in ({}, {"Content_Length": "999"}):
        for _ in range(3):
            drop_http2(door.port, "/api/v1/todos/", door.tenant.host, todo(name), **headers)
    assert door.chunked("POST", "todos/", todo("goes on")).status == 201
    assert not is_there(api, name)


@pytest.mark.parametrize("length", ["chunked", "announced"])
def test_a_body_that_is_too_large_is_a_413_and_the_connection_goes_on(door: Door, length: str) -> None:
    body = orjson.dumps({"name": "x" * 3 * MIB})
    with door.connect() as line:
        if length == "chunked":
            line.sendall(door.head("POST", "todos/", Transfer_Encoding="chunked") + chunked(body, size=100_000))
        else:
            line.sendall(door.head("POST", "todos/", Content_Length=str(len(body))) + body)
        refused = hear(line)
        assert (refused.status, refused.json()["code"], refused.json()["limit"]) == (413, "too_large", MIB)
        line.sendall(door.head("GET", "todos/?limit=1"))
        assert hear(line).status == 200


def test_one_that_has_no_end_is_a_413_too(door: Door) -> None:
    with door.connect() as line:
        line.sendall(door.head("POST", "todos/", Transfer_Encoding="chunked"))
        for _ in range(1 + MAX_DISCARDED // MIB):
            line.sendall(b"%x\r\n%b\r\n" % (MIB, b"x" * MIB))
        assert hear(line).status == 413


def test_who_asks_before_sending_is_told_to_go_on_or_not_to(door: Door, api: Api, name: str) -> None:
    with door.connect() as line:
        line.sendall(door.head("POST", "todos/", Transfer_Encoding="chunked", Expect="100-continue"))
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(chunked(todo(name)))
        assert hear(line).status == 201
    refused = say(door.port, door.head("POST", "todos/", Content_Length=str(100 * MIB), Expect="100-continue"))
    assert refused.status == 413
    assert is_there(api, name)


def test_a_body_that_is_cut_off_changes_nothing(door: Door, api: Api, code: str, name: str) -> None:
    short = say(door.port, door.head("POST", "todos/", Content_Length="900") + todo(name), is_ended=True)
    assert (short.status, short.json()["code"]) == (400, "incomplete_body")
    assert short.json()["announced"] == 900
    for middle in (b"6\r\n" + b'{"name', b"zz\r\n" + todo(name), chunked(todo(name))[:-12]):
        start = door.head("POST", "todos/", Transfer_Encoding="chunked")
        assert say(door.port, start + middle, is_ended=True).status in (400, 411)
    for announced in ({"Content_Length": "2"}, {"Transfer_Encoding": "chunked"}):
        with door.connect() as line:
            line.sendall(door.head("POST", f"todos/{code}/start/", If_Match="*", **announced))
    assert door.plain("GET", "todos/?limit=1", b"").status == 200
    assert not is_there(api, name)
    assert version(api, code) == 1


def test_an_empty_body_of_no_length_is_a_411_and_of_length_0_none(door: Door, api: Api, code: str) -> None:
    refused = door.chunked("POST", f"todos/{code}/start/", b"", If_Match="*")
    assert (refused.status, refused.json()["code"], version(api, code)) == (411, "length_required", 1)
    assert door.plain("POST", f"todos/{code}/start/", b"", If_Match="*").status == 200
    missing = door.plain("POST", "todos/", b"")
    assert (missing.status, missing.json()["errors"][0]["pointer"]) == (400, "/name")
    assert door.plain("POST", "todos/", b" ").status == 400


def test_who_stops_in_the_middle_holds_up_nobody_else(door: Door, api: Api) -> None:
    waiting = [door.connect() for _ in range(8)]
    for line in waiting:
        line.sendall(door.head("POST", "todos/", Content_Length="100") + b'{"name": "stalled"}')
    assert door.chunked("POST", "todos/", todo("goes on")).status == 201
    for line in waiting:
        line.close()
    assert not is_there(api, "stalled")


@pytest.mark.parametrize("coding", ["gzip", "br", "Deflate", "gzip, identity", "aws-chunked", "x"])
def test_a_coding_is_refused_by_its_name(door: Door, api: Api, name: str, coding: str) -> None:
    for body in (gzip.compress(todo(name)), todo(name)):
        refused = door.plain("POST", "todos/", body, Content_Encoding=coding)
        assert (refused.status, refused.json()["code"]) == (415, "unsupported_coding")
        assert (refused.json()["header"], refused.json()["coding"]) == ("Content-Encoding", coding.lower())
        assert refused.headers["accept-encoding"] == "identity"
        assert f"Content-Encoding {coding.lower()} is not supported" in refused.json()["detail"]
    page = say(door.port, head("POST", "/sign-in/", door.tenant.host, Content_Encoding=coding, Content_Length="0"))
    assert (page.status, b"is not supported" in page.body) == (415, True)
    assert not is_there(api, name)


def test_no_coding_is_taken_and_a_transfer_coding_is_refused(door: Door, name: str) -> None:
    assert door.plain("POST", "todos/", todo(name), Content_Encoding="identity").status == 201
    start = door.head("POST", "todos/", Transfer_Encoding="gzip, chunked")
    refused = say(door.port, start, chunked(gzip.compress(todo(name))))
    assert (refused.status, refused.json()["header"]) == (415, "Transfer-Encoding")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "json", "*/*"]
)
def test_what_is_no_json_is_a_415(door: Door, api: Api, name: str, kind: str) -> None:
    refused = door.plain("POST", "todos/", todo(name), Content_Type=kind)
    assert (refused.status, refused.json()["code"]) == (415, "unsupported_media_type")
    assert not is_there(api, name)


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", "Application/JSON", 'application/json;charset="utf-8"']
)
def test_utf8_is_taken_in_any_spelling(door: Door, name: str, kind: str) -> None:
    assert door.plain("POST", "todos/", todo(name), Content_Type=kind).status == 201


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "name": "b"}',
        b'\xef\xbb\xbf{"name": "a"}',
        '{"name": "a"}'.encode("utf-16"),
        b'{"name": NaN}',
        rb'{"name": "\ud800"}',
        b'{"name": "\xff"}',
        b"[" * 500_000,
        b'{"name":' + b'{"a":' * 100_000,
        b'{"priority": ' + b"9" * 100_000 + b"}",
        b'{"labels": ' + b"[" * 190 + b"]" * 190 + b"}",
        b"null",
        b"[]",
        b'"x"',
    ],
)
def test_what_is_no_object_of_this_rule_is_a_400(door: Door, body: bytes) -> None:
    for refused in (door.plain("POST", "todos/", body), say_chunked(door, body)):
        assert (refused.status, refused.json()["code"]) == (400, "malformed")
        assert refused.json()["errors"]


def say_chunked(door: Door, body: bytes) -> Said:
    start = door.head("POST", "todos/", Transfer_Encoding="chunked")
    return say(door.port, start, chunked(body, size=10_000))


def test_a_get_is_answered_whatever_body_it_has(door: Door) -> None:
    assert door.chunked("GET", "todos/?limit=1", b"nonsense").status == 200
    assert door.plain("GET", "todos/?limit=1", b"nonsense").status == 200


def test_usage_events_come_in_chunks_too(door: Door) -> None:
    event = {"specversion": "1.0", "source": "test", "type": "usage.storage_gb", "data": {"quantity": 1}}
    batch = orjson.dumps([event | {"id": uuid4().hex} for _ in range(3)])
    told = door.chunked("POST", "usage/events/", batch, Content_Type="application/cloudevents-batch+json")
    assert (told.status, len(told.json()["results"])) == (200, 3)
    twice = b'{"specversion": "1.0", "id": "1", "id": "2", "source": "x", "type": "usage.storage_gb"}'
    refused = door.chunked("POST", "usage/events/", twice, Content_Type="application/cloudevents+json")
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (400, "/id")
