"""The main pages looked at by axe-core, in both themes: nothing that it finds against WCAG 2.2 A and AA."""

from typing import Any
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from config.tests.visiting import NEEDED, Visit, chromium, port, visit  # noqa: F401
from conftest import TestTenant
from orders.tests.test_api import adjusted, offered, placed
from orders.tests.test_browser import Remote
from surveys.tests.examples import TEAM

pytestmark = NEEDED

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTRAST = ["color-contrast"]
"""What is asked in the light theme; and in the dark one, where nothing else is otherwise."""

SETTLED = """async () => {
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  await Promise.allSettled(document.getAnimations().map((each) => each.finished));
}"""
"""Colours fade into each other."""


def test_axe_finds_nothing_on_the_main_pages_in_either_theme(visit: Visit, acme: TestTenant, port: int) -> None:
    api = Remote(acme, port)
    survey = asked(api)
    page = visit("/", reduced_motion="reduce")
    host, public = f"http://{acme.host}:{port}", f"http://localhost:{port}"
    found = [fault for path in paths(api, survey) for fault in faults(page, host + path)]
    page.set_viewport_size({"width": 360, "height": 740})
    found += faults(page, f"{host}/orders/", menu=True)
    page.context.clear_cookies()
    for address in (f"{host}/s/{survey['token']}/", f"{host}/sign-in/", f"{public}/", f"{public}/sign-up/"):
        found += faults(page, address)
    assert found == []


def test_on_a_narrow_page_the_menu_opens_by_keyboard_and_without_javascript(visit: Visit) -> None:
    for has_script in (True, False):
        page = visit("/todos/", java_script_enabled=has_script)
        page.set_viewport_size({"width": 360, "height": 740})
        menu, side = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")
        expect(side).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        menu.focus()
        page.keyboard.press("Enter")
        expect(side).to_be_visible()
        page.keyboard.press("Escape")
        expect(side).to_be_hidden()
        expect(menu).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")  # the workspace
        page.keyboard.press("Tab")
        expect(side.get_by_role("link", name="Home")).to_be_focused()
        side.get_by_role("link", name="Orders").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
        expect(page.get_by_label("Search orders")).to_be_visible()
        expect(side).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(side).to_be_visible()
    expect(menu).to_be_hidden()


def paths(api: Any, survey: Any) -> list[str]:
    """The pages behind signing in, each of something that is there."""
    sku = offered(api, units=9, name="Sencha")
    adjusted(api, sku, quantity=-2, reason="Damaged")
    api("POST", "todos/", {"name": "i"})  # as narrow as a link can be
    todo = api("POST", "todos/", {"name": "Call back", "labels": ["shop"], "due_date": "2026-11-01"}).json()["code"]
    api("POST", f"todos/{todo}/start/", if_match="*")
    order = placed(api, (sku, 2)).json()["code"]
    hook = api("POST", "webhooks/", {"url": "https://hooks.example/"}).json()["id"]
    return [
        "/",
        "/todos/",
        f"/todos/{todo}/",
        "/todos/board/",
        "/products/",
        f"/products/{sku}/",
        f"/inventory/{sku}/?ask=adjust",
        "/orders/",
        f"/orders/{order}/",
        f"/orders/new/?items.0.sku={sku}&items.0.quantity=99",
        "/billing/",
        "/surveys/",
        f"/surveys/{survey['code']}/build/",
        f"/surveys/{survey['code']}/results/",
        "/settings/members/",
        "/settings/api-keys/",
        f"/settings/webhooks/{hook}/",
    ]


def asked(api: Any) -> Any:
    """A survey that is open, with an answer."""
    survey = api("POST", "surveys/", TEAM).json()
    api("POST", f"surveys/{survey['code']}/publish/", {}, if_match="*", prefer="wait=5")
    answers = {"answers": {"mood": 5, "place": "home"}, "version": 1}
    api("POST", f"surveys/{survey['code']}/responses/", answers, prefer="wait=5", idempotency_key=uuid4().hex)
    return survey


def faults(page: Page, address: str, *, menu: bool = False) -> list[str]:
    """What axe finds on a page, each with the first element at fault."""
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    assert answer
    assert answer.status == 200, address
    if menu:
        page.get_by_role("button", name="Menu").click()
    page.evaluate(Axe().axe_script)
    found = _found(page, LEVELS)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    return [f"{address}: {each}" for each in [*found, *_found(page, CONTRAST)]]


def _found(page: Page, only: list[str]) -> list[str]:
    asked = {"runOnly": only, "resultTypes": ["violations"]}
    violations = page.evaluate("asked => axe.run(asked)", asked)["violations"]
    return [f"{each['id']}: {_told(each['nodes'][0])}" for each in violations]


def _told(node: dict[str, Any]) -> str:
    return f"{node['html'][:200]} {node['failureSummary']}"
