"""The shop in a real browser: one order's whole life, and what only a browser can tell of its pages."""

import json
import re
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from config.tests.visiting import FOCUS_SEEN, NAMELESS, NEEDED, Visit, chromium, port, visit  # noqa: F401
from conftest import TestTenant
from orders.tests.test_api import adjusted, numbers, offered, placed

pytestmark = NEEDED


class Remote:
    """The API as another program reaches it: while a browser runs, this process may not use the database."""

    def __init__(self, tenant: TestTenant, port: int) -> None:
        self.tenant, self.address = tenant, f"http://127.0.0.1:{port}/api/v1/"

    def __call__(self, method: str, path: str, body: object = None, /, **headers: str) -> Any:
        """What `conftest.Api` answers, as far as the shop's tests ask it."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"host": self.tenant.host}
        sent |= {"authorization": f"Bearer {self.tenant.key}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.address + path, data, sent, method=method)) as answer:
            text = answer.read()
        return SimpleNamespace(status_code=answer.status, json=lambda: json.loads(text))


@pytest.fixture
def api(acme: TestTenant, port: int) -> Any:
    return Remote(acme, port)


@pytest.fixture
def sku(api: Any) -> str:
    """A product with 5 on hand, found by what only it is called."""
    return offered(api, units=5, name=f"Sencha {uuid4().hex[:6]}")


def test_an_order_is_written_placed_once_shipped_in_parts_and_returned(visit: Visit, api: Any, sku: str) -> None:
    page = visit("/orders/")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("New order")
    page.get_by_label("Find products").fill(sku)
    expect(page.locator("#found button")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Add Sencha")).click()
    quantity = page.get_by_label(re.compile("Quantity of Sencha"))
    page.get_by_label("Customer").fill("ada")
    quantity.fill("7")
    quantity.press("Tab")
    expect(page.get_by_text("Only 5 left")).to_be_visible()
    quantity.fill("4")
    quantity.press("Enter")
    expect(page.locator(".totals")).to_contain_text("$145.16")
    for label, text in {"Street": "Rue 1", "Postal code": "75002", "City": "Paris"}.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Country").select_option("FR")
    expect(page.get_by_label("Customer")).to_have_value("ada")
    page.get_by_role("button", name="Place the order").dblclick()
    expect(page.locator(".step-now")).to_have_text(re.compile("Placed"))
    assert numbers(api, sku) == (5, 4, 1)
    for label in ("Confirm", "Start processing"):
        page.get_by_role("button", name=label).click()
    page.get_by_role("link", name="Ship some…").click()
    page.get_by_role("spinbutton", name=re.compile("Sencha")).fill("3")
    page.get_by_role("button", name="Ship these").click()
    expect(page.get_by_text("3 of 4 shipped")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Ship the rest").click()
    page.get_by_role("button", name="Mark delivered").click()
    expect(page.locator(".step-done")).to_have_count(5)
    page.locator("summary[aria-label^=More]").click()
    page.get_by_role("link", name="Return items…").click()
    page.get_by_role("spinbutton", name=re.compile("Sencha")).fill("1")
    page.get_by_role("button", name="Return these").click()
    expect(page.get_by_text("1 returned")).to_be_visible()
    expect(page.locator(".moment")).to_have_count(7)
    assert numbers(api, sku) == (2, 0, 2)


def test_a_stale_adjustment_is_told_in_its_dialog_and_another_persons_order_appears(
    visit: Visit, api: Any, sku: str
) -> None:
    page = visit(f"/inventory/{sku}/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.get_by_role("link", name="Adjust").click()
    page.get_by_role("spinbutton", name="Change").fill("-2")
    placed(api, (sku, 1))
    expect(page.locator("#stock")).to_contain_text("Placed ORD-")
    expect(page.get_by_role("spinbutton", name="Change")).to_have_value("-2")
    adjusted(api, sku, quantity=3)
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_role("alert")).to_contain_text("Meanwhile 8 are on hand, not 5.")
    expect(page.get_by_role("spinbutton", name="Change")).to_have_value("-2")
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".figures")).to_contain_text("6")
    page.get_by_text("Show as a table").click()
    expect(page.get_by_role("row", name=re.compile("6 5$")).first).to_be_visible()


def test_an_order_is_placed_and_cancelled_without_javascript(visit: Visit, api: Any, sku: str) -> None:
    page = visit("/orders/new/", java_script_enabled=False)
    page.get_by_label("Find products").fill(sku)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name=re.compile("Add Sencha")).click()
    for label, text in {"Customer": "c-2", "Street": "Rue 1", "Postal code": "75002", "City": "Paris"}.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Country").select_option("FR")
    page.get_by_role("button", name="Place the order").click()
    page.locator("summary[aria-label^=More]").click()
    page.get_by_role("link", name="Cancel the order…").click()
    page.get_by_label("Reason").fill("Found it cheaper")
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("Cancelled: Found it cheaper")).to_be_visible()
    assert numbers(api, sku) == (5, 0, 5)


def test_every_page_fits_and_every_control_has_a_name_and_shows_its_focus(visit: Visit, api: Any, sku: str) -> None:
    order = placed(api, (sku, 1)).json()["code"]
    page = visit("/")
    host = page.url.rstrip("/")
    paths = ("/", "/products/", f"/products/{sku}/", f"/inventory/{sku}/?ask=adjust", "/orders/", f"/orders/{order}/")
    for path in (*paths, f"/orders/{order}/edit/", "/orders/new/", "/products/new/", "/tax-rates/"):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(host + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert page.evaluate(NAMELESS) == [], path
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, path
        _focus_is_seen(page)


def _focus_is_seen(page: Page) -> None:
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SEEN), page.evaluate("document.activeElement.outerHTML")
