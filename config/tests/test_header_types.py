"""Types and charsets that no library knows: said byte by byte, none of them is a defect."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.tests.serving import serving
from config.tests.wire import head, say
from conftest import TestTenant

STRANGE = [
    "application/json; a*=nonsense'en'%41",
    "application/json; charset*=nonsense'en'utf-8",
    "application/json; charset=utf-16",
    "application/json; charset=rot13",
    "application/json; charset=zlib_codec",
    "application/json; charset=" + "x" * 300,
    "application/json; a=" + "x" * 20_000,
    'application/json; charset="',
    "application/json; charset=\xff",
    ";",
    "; charset=utf-16",
    "multipart/form-data; charset=rot13; boundary=b",
    "multipart/form-data; charset=utf-7; boundary=b",
    "multipart/form-data; boundary=" + "b" * 300,
    "multipart/form-data; boundary=\xe4",
    "multipart/form-data",
    "application/x-www-form-urlencoded; charset=zlib_codec",
    "application/x-www-form-urlencoded; charset=utf-16",
]


@pytest.fixture(scope="module")
def port(tenants: Any) -> Iterator[int]:
    with serving() as web:
        yield web.port


FORM = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'


def ask_status(port: int, method: str, path: str, acme: TestTenant, body: bytes = b"", **headers: str) -> int:
    """The status of the answer."""
    key = {"Authorization": f"Bearer {acme.key}", "Content_Length": str(len(body))}
    return say(port, head(method, path, acme.host, **key, **headers).decode().encode("latin-1") + body).status


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_type_is_refused(port: int, acme: TestTenant, kind: str) -> None:
    assert ask_status(port, "POST", "/api/v1/todos/", acme, b'{"name": "x"}', Content_Type=kind) == 415
    assert ask_status(port, "POST", "/sign-in/", acme, FORM, Content_Type=kind) in (400, 403, 415)
    assert ask_status(port, "GET", "/api/v1/todos/?q=%E4%F6", acme, Content_Type=kind) == 200
    assert ask_status(port, "GET", "/sign-in/?next=%FF", acme, Content_Type=kind) == 200


@pytest.mark.parametrize("accept", [*STRANGE, "text/html", "", "nonsense", "*/*;q=x", "a/b;" * 300])
def test_a_strange_wish_is_no_defect(port: int, acme: TestTenant, accept: str) -> None:
    for path in ("/api/v1/todos/?limit=1", "/sign-in/", "/api/v1/events/?limit=1", "/api/schema/"):
        assert ask_status(port, "GET", path, acme, Accept=accept) in (200, 406), path
