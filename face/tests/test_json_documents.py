"""JSON that parsers read differently is refused, wherever it comes in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from conftest import Api
from face.json_documents import check_json, parse_json, validate_json
from face.refusals import Malformed

TWICE = [
    (b'{"a": 1, "a": 2}', ["/a"]),
    (rb'{"a": 1, "\u0061": 2}', ["/a"]),
    (rb'{"\ud83d\ude00": 1, "' + "😀".encode() + b'": 1}', ["/😀"]),
    (b'{"a": {"b": [1, {"c": 1, "c": 1}]}}', ["/a/b/1/c"]),
    (b'[{"a/b~": 1, "a/b~": 1}, {"x": 1, "x": 2, "x": 3}]', ["/0/a~1b~0", "/1/x"]),
    (b'{"": 1, "": 2}', ["/"]),
    (b'{"a": {"b": 1}, "a": {"b": 1, "b": 1}}', ["/a", "/a/b"]),
]

NO_JSON = [
    b"",
    b" ",
    b"{",
    b"{} {}",
    b"\xef\xbb\xbf{}",
    '{"a": 1}'.encode("utf-16"),
    b'{"a": "\xff"}',
    rb'{"a": "\ud800"}',
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b"[" * 100_000,
    b'{"a": ' + b"9" * 5000 + b"}",
    b"{'a': 1}",
    b'{"a": 1,}',
]


class Anything(BaseModel):
    a: object


@pytest.mark.parametrize(("text", "pointers"), TWICE)
def test_each_name_that_stands_twice_is_pointed_at(text: bytes, pointers: list[str]) -> None:
    with pytest.raises(Malformed) as refused:
        check_json(text)
    assert sorted(each["pointer"] for each in refused.value.errors) == pointers
    assert {each["code"] for each in refused.value.errors} == {"duplicate_name"}


@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_no_json_is_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(text)
    if text:
        with pytest.raises(Malformed):
            validate_json(Anything, text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
)


@given(VALUES)
def test_all_other_json_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    assert parse_json(text) == parse_json(text.encode()) == value


@given(st.dictionaries(st.text(), VALUES, min_size=1), st.integers(0, 10))
def test_a_name_added_once_more_is_found_at_any_depth(value: dict[str, Any], depth: int) -> None:
    name = next(iter(value))
    inner = json.dumps(value)[:-1] + f", {json.dumps(name)}: 0}}"
    text = '{"in": [' * depth + inner + "]}" * depth
    with pytest.raises(Malformed) as refused:
        check_json(text)
    pointer = "/in/0" * depth + "/" + name.replace("~", "~0").replace("/", "~1")
    assert [each["pointer"] for each in refused.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", "todos/", b'{"name": "a", "name": "b"}', "/name"),
        (
            "POST",
            "orders/",
            b'{"items": [{"sku": "x", "quantity": 1, "sku": "y"}]}',
            "/items/0/sku",
        ),
        ("PATCH", "orders/ORD-000001/status/", b'{"status": "confirmed", "status": "cancelled"}', "/status"),
        ("PATCH", "settings/", b'{"name": "a", "name": "b"}', "/name"),
        ("PATCH", "sequences/todo/", b'{"prefix": "a", "prefix": "b"}', "/prefix"),
        ("POST", "webhooks/", b'{"url": "https://a.example/", "url": "https://b.example/"}', "/url"),
        ("POST", "invitations/", b'{"email": "a@b.example", "role": "viewer", "role": "admin"}', "/role"),
        ("POST", "usage/events/", b'[{"id": "1", "data": {"quantity": 1, "quantity": 2}}]', "/0/data/quantity"),
        ("POST", "surveys/", rb'{"title": "x", "sections": [{"id": "s", "i\u0064": "t"}]}', "/sections/0/id"),
        ("POST", "subscription/quote/", b'{"plan": "pro", "plan": "free"}', "/plan"),
    ],
)
def test_the_api_refuses_it_at_every_entry(api: Api, method: str, path: str, body: bytes, pointer: str) -> None:
    answer = api(method, path, body, if_match="*")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), answer.json()
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, "duplicate_name")
