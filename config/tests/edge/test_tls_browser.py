"""Chromium through a real TLS terminator, as two clients, on each kind of host; and raw requests past and through it.

Names that end with `localhost` would prove nothing: there Chromium takes Secure cookies by http and ignores HSTS. So
the names are others, which only the browser resolves (`--host-resolver-rules`). Of the certificate it is told the key,
which makes it as good as one that the machine trusts: cookies, HSTS and mixed content are judged as everywhere.
"""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from config.tests.edge.installation import ACME, CUSTOM, PUBLIC, ask
from config.tests.edge.terminator import ADA, BOB, Front
from config.tests.visiting import CHROMIUM, NEEDED, QUIET
from conftest import PASSWORD, Api, TestTenant
from surveys.tests.examples import TEAM
from tenants.models import SignInTry, User
from tenants.throttle import PER_ADDRESS


@pytest.fixture(scope="module")
def staff(tenants: Any) -> str:
    """Somebody of ours."""
    email = f"{uuid4().hex[:8]}@staff.example"
    User.objects.create_user(email, PASSWORD, is_staff=True, is_superuser=True)
    return email


@pytest.fixture
def far(tenants: Any) -> Iterator[Callable[..., Any]]:
    """Calls in a thread of its own: a browser's event loop keeps this one from the database."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda call, *given, **named: pool.submit(call, *given, **named).result()


@contextmanager
def browsing(front: Front, port: int) -> Iterator[BrowserContext]:
    """A browser of a client that reaches the proxy at `port` by https, and at its plain port by http."""
    rules = f"MAP *:443 127.0.0.1:{port},MAP *:80 127.0.0.1:{front.plain}"
    trust = f"--ignore-certificate-errors-spki-list={front.key_digest}"
    with sync_playwright() as driver:
        arguments = [*QUIET, f"--host-resolver-rules={rules}", trust]
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser.new_context(viewport={"width": 1280, "height": 800})
        browser.close()


@NEEDED
def test_people_work_by_https_on_each_kind_of_host(front: Front, acme: TestTenant, staff: str, far: Any) -> None:
    token = far(opened, Api(acme))
    with browsing(front, front.ada) as context:
        faults = watch(context)
        signs_up(context.new_page())
        works(context.new_page(), ACME, acme)
        works(context.new_page(), CUSTOM, acme)
        for host in (ACME, CUSTOM):
            answers(context.new_page(), host, token)
        administers(context.new_page(), staff)
        stays_on_https(context)
        assert faults == []
    with browsing(front, front.bob) as context:
        answers(context.new_page(), ACME, token)
        works(context.new_page(), ACME, acme)
    assert far(last_facts, Api(acme)) == {BOB}


def watch(context: BrowserContext) -> list[str]:
    """What goes wrong in the pages of this browser, as it comes about."""
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda told: faults.append(told.text) if _is_fault(told.type, told.text) else None)
    return faults


def _is_fault(kind: str, text: str) -> bool:
    return kind == "error" and "AbortError" not in text  # htmx tells of a look at an address that was typed on since


def opened(api: Api) -> str:
    """The token of a survey that strangers may answer."""
    survey = api("POST", "surveys/", TEAM).json()
    api("POST", f"surveys/{survey['code']}/publish/", {}, if_match="*", prefer="wait=5")
    return str(survey["token"])


def last_facts(api: Api) -> set[str]:
    """Where the newest todo's facts came from."""
    newest = api("GET", "todos/?ordering=-created_at&limit=1").json()["results"][0]["code"]
    return {each["ip"] for each in api("GET", f"todos/{newest}/history/").json()["results"]}


def signs_up(page: Page) -> None:
    """On the public host, and comes to a workspace of their own."""
    code = f"w{uuid4().hex[:10]}"
    page.goto(f"http://{PUBLIC}/sign-up/")
    assert page.url == f"https://{PUBLIC}/sign-up/", "http leads to https"
    page.get_by_label("Name of your team or company").fill("Hooli")
    page.get_by_label("Address").fill(code)
    page.get_by_label("Your email").fill(f"{code}@hooli.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the workspace").click()
    page.wait_for_url(f"https://{code}.{PUBLIC}/")
    expect(page.locator("#main")).to_be_visible()
    is_bound(page, f"{code}.{PUBLIC}")


def works(page: Page, host: str, site: TestTenant) -> None:
    """Signs in on a tenant's host, adds a todo and edits it."""
    signs_in(page, f"https://{host}/sign-in/?next=/todos/", site.owner, site.password)
    expect(page).to_have_url(f"https://{host}/todos/")
    is_bound(page, host)
    page.get_by_label("Name of a new todo").fill("By https")
    page.keyboard.press("Enter")
    row = page.locator("[data-row]", has_text="By https").first
    expect(row).to_be_visible()
    page.goto(f"https://{host}/todos/{row.get_attribute('id')}/edit/")
    page.get_by_label("Name").fill(name := f"Edited {uuid4().hex[:6]}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def signs_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(address)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def is_bound(page: Page, host: str) -> None:
    """Each cookie is this host's alone, and goes by https alone."""
    cookies = page.context.cookies(f"https://{host}/")
    assert {"__Host-sessionid", "__Host-csrftoken"} <= {str(each.get("name")) for each in cookies}
    for each in cookies:
        assert (str(each.get("name"))[:7], each.get("domain"), each.get("secure")) == ("__Host-", host, True)


def answers(page: Page, host: str, token: str) -> None:
    """A public survey, as whoever."""
    page.goto(f"https://{host}/s/{token}/")
    page.get_by_role("group", name="How was your week?").get_by_label("5").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def administers(page: Page, staff: str) -> None:
    """Signs in as staff on the public host, and opens a page of the admin."""
    signs_in(page, f"https://{PUBLIC}/sign-in/", staff, PASSWORD)
    expect(page).to_have_url(f"https://{PUBLIC}/admin/")
    is_bound(page, PUBLIC)
    page.goto(f"https://{PUBLIC}/admin/tenants/tenant/")
    expect(page.get_by_role("link", name="acme", exact=True).first).to_be_visible()


def stays_on_https(context: BrowserContext) -> None:
    """HSTS was heard: the browser itself goes to https, below our own host also where it never was."""
    for host in (ACME, CUSTOM, f"globex.{PUBLIC}"):
        answer = context.new_page().goto(f"http://{host}/forgot/")
        assert answer
        assert answer.url.startswith(f"https://{host}/")
        first = answer.request.redirected_from
        assert first
        assert (upgraded := first.response())
        assert upgraded.status == 307, "the browser's own answer; ours would be a 308"


def test_whoever_fails_too_often_keeps_nobody_else_out(front: Front, acme: TestTenant) -> None:
    SignInTry.objects.filter(address=ADA).delete()
    assert tries(front, front.ada, acme, "wrong") == 422
    [one] = SignInTry.objects.filter(address=ADA)
    SignInTry.objects.bulk_create(SignInTry(account=f"{n}", address=one.address) for n in range(PER_ADDRESS - 1))
    assert tries(front, front.ada, acme, acme.password) == 429
    assert tries(front, front.bob, acme, acme.password) == 302
    SignInTry.objects.filter(address=ADA).delete()


def tries(front: Front, port: int, site: TestTenant, password: str) -> int:
    """Signs in by the form, as a program does that keeps cookies."""
    page = ask(front, (port, ACME), "GET", "/sign-in/")
    [cookie] = [each for each in page.cookies if each.startswith("__Host-csrftoken=")]
    assert {"Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    sent = {"Cookie": cookie.partition(";")[0], "Origin": f"https://{ACME}", "Content-Type": FORM}
    form = f"email={site.viewer}&password={password.replace(' ', '+')}&csrfmiddlewaretoken={token}"
    answer = ask(front, (port, ACME), "POST", "/sign-in/", form, **sent)
    assert answer.status != 302 or any("__Host-sessionid=" in each and "Secure" in each for each in answer.cookies)
    return int(answer.status)


FORM = "application/x-www-form-urlencoded"


def test_nobody_makes_themselves_another_by_headers(front: Front, web: int, acme: TestTenant) -> None:
    key = {"Authorization": f"Bearer {acme.key}", "Content-Type": "application/json"}
    forged = {"X-Forwarded-For": "6.6.6.6, 127.0.0.1", "X-Forwarded-Proto": "http", "Forwarded": "for=6.6.6.6"}
    made = ask(front, (front.ada, ACME), "POST", "/api/v1/todos/", '{"name": "x"}', **key | forged)
    assert made.status == 201
    assert made.headers["Location"].startswith(f"https://{ACME}/api/v1/todos/")
    assert made.headers["Cache-Control"] == "no-store"
    assert made.headers["Strict-Transport-Security"].endswith("; includeSubDomains")
    code = json.loads(made.text)["code"]
    history = ask(front, (front.ada, ACME), "GET", f"/api/v1/todos/{code}/history/", **key)
    assert json.loads(history.text)["results"][0]["ip"] == ADA
    other = {"X-Forwarded-Host": f"globex.{PUBLIC}"}
    assert ask(front, (front.ada, ACME), "GET", f"/api/v1/todos/{code}/", **key | other).status == 200
    assert ask(front, (front.ada, PUBLIC), "GET", "/metrics", **forged).status == 401


def test_http_leads_to_https_with_all_that_was_sent(front: Front, web: int) -> None:
    for path in ("/api/v1/todos/?a=b%20c", "/sign-in/"):
        answer = ask(front, (front.plain, ACME), "POST", path, '{"name": "x"}')
        assert (answer.status, answer.headers["Location"]) == (308, f"https://{ACME}{path}")
        assert answer.headers["Strict-Transport-Security"] is None
    assert ask(front, (front.plain, PUBLIC), "GET", "/healthz").status == 200
    answer = (
        b"GET //evil.example/ HTTP/1.1\r\nHost: %s:8000\r\nX-Forwarded-Proto: nonsense, , \r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web)) as past:
        past.sendall(answer % ACME.encode())
        told = past.makefile("rb").read().decode().lower()
    assert told.startswith("http/1.1 308")
    assert f"location: https://{ACME}//evil.example/\r\n" in told
