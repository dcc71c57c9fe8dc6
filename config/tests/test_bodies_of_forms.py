"""Forms as other clients than browsers send them to the web process: whole, or refused and nothing done."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
import pytest

from config.tests.serving import serving
from config.tests.wire import Said, chunked, head, say
from conftest import Api, TestTenant
from surveys.tests.test_api import PLAIN, published
from tenants.models import Tenant

BOUNDARY = "a-boundary"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture(scope="module")
def port(tenants: Any) -> Iterator[int]:
    with serving(TENFOLD_ANSWERS="0", TENFOLD_SIGN_UPS="0") as web:
        yield web.port


def multipart(fields: Mapping[str, str]) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}' for name in fields]
    return ("\r\n".join(parts) + f"\r\n--{BOUNDARY}--\r\n").encode()


def sent(port: int, path: str, host: str, kind: str, body: bytes, *, cookie: str = "", is_ended: bool = False) -> Said:
    """A chunked form, with the cookie of its page."""
    headers = {"Content_Type": kind, "Transfer_Encoding": "chunked", "Cookie": cookie, "Origin": f"http://{host}"}
    start = head("POST", path, host, **{name: each for name, each in headers.items() if each})
    return say(port, start, body if is_ended else chunked(body), is_ended=is_ended)


def opened(port: int, path: str, host: str) -> tuple[str, str]:
    """The cookie and the token of a page with a form."""
    page = say(port, head("GET", path, host))
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token, page
    return page.headers["set-cookie"].partition(";")[0], token[1].decode()


def test_somebody_signs_in_by_a_chunked_form(port: int, acme: TestTenant) -> None:
    cookie, token = opened(port, "/sign-in/", acme.host)
    form = {"csrfmiddlewaretoken": token, "email": acme.owner, "password": acme.password}
    answer = sent(port, "/sign-in/", acme.host, MULTIPART, multipart(form), cookie=cookie)
    assert (answer.status, answer.headers["location"], "session" in answer.headers["set-cookie"]) == (302, "/", True)
    refused = sent(port, "/sign-in/", acme.host, URLENCODED, urlencode(form).encode(), cookie=cookie)
    assert (refused.status, b"Content-Length" in refused.body, "set-cookie" in refused.headers) == (411, True, False)


def test_a_survey_is_answered_by_a_chunked_form_and_not_by_half_of_one(port: int, api: Api, acme: TestTenant) -> None:
    code = published(api, PLAIN, allow_anonymous=True)
    api.drain()
    path = f"/s/{api('GET', f'surveys/{code}/').json()['token']}/"
    cookie, token = opened(port, path, acme.host)
    form = multipart({"csrfmiddlewaretoken": token, "version": "1", "q.dish": "a soup that is described at length"})
    half = b"%x\r\n%b\r\n" % (len(form) - 40, form[:-40])
    cut = sent(port, path, acme.host, MULTIPART, half, cookie=cookie, is_ended=True)
    assert (cut.status, b"cut off" in cut.body) == (400, True)
    assert sent(port, path, acme.host, MULTIPART, form, cookie=cookie).headers["location"] == f"{path}?thanks"
    assert api("GET", f"surveys/{code}/?consistent=true").json()["responses"] == 1


def test_somebody_signs_up_by_a_chunked_body(port: int, tenants: Any) -> None:
    code = f"c{uuid4().hex[:12]}"
    order = {"name": "C", "code": code, "owner_email": f"o@{code}.example", "password": "a long passphrase"}
    twice = orjson.dumps(order)[:-1] + b', "code": "other"}'
    path = "/api/v1/tenants/provision/"
    refused = sent(port, path, "localhost", "application/json", twice)
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (400, "/code")
    assert not Tenant.objects.filter(code=code).exists()
    assert sent(port, path, "localhost", "application/json", orjson.dumps(order)).status == 201


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-up/", "/forgot/", "/admin/login/", "/todos/"])
def test_what_is_no_form_is_refused_on_every_page(port: int, tenants: Any, path: str) -> None:
    for kind in ("application/json", "text/plain", ""):
        headers = {"Content_Length": "2"} | ({"Content_Type": kind} if kind else {})
        answer = say(port, head("POST", path, "localhost", **headers) + b"{}")
        assert (answer.status, b"is sent as" in answer.body) == (415, True)


def test_a_form_that_is_too_large_is_a_413(port: int, acme: TestTenant) -> None:
    body = b"email=" + b"x" * 2 * 1024 * 1024
    start = head("POST", "/sign-in/", acme.host, Content_Type=URLENCODED, Content_Length=str(len(body)))
    assert say(port, start + body).status == 413
