"""Staff look at the shop; each button is a command in their name, with a reason."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.test import Client

from conftest import Api, TestTenant
from face.models import AuditLine
from orders.tests.test_api import numbers, offered, placed
from tenants.models import User
from tenants.tests.browsers import browser, signed_in

PAGES = ("productrow", "stockrow", "orderrow", "taxraterow")


@pytest.fixture
def staff(acme: TestTenant) -> Client:
    person = User.objects.filter(email="ada@tenfold.example").first()
    person = person or User.objects.create_superuser("ada@tenfold.example", acme.password)
    client = signed_in(settings.PUBLIC_HOST, person.email, acme.password)
    client.get("/admin/orders/orderrow/?tenant=acme")
    return client


def press(staff: Client, page: str, button: str, *, times: int = 1, **form: str) -> str:
    """Press a button of a page, and that of its dialog so many times; what the page says then."""
    links = [unescape(link) for link in re.findall(r'(?:href|hx-get)="([^"]+)"', staff.get(page).text)]
    url = next(link for link in links if f"/{button}/" in unquote(link))
    [once] = re.findall(r'name="once" value="([0-9a-f]{32})"', staff.get(url).text)
    for _ in range(times):
        answer = staff.post(url, form | {"_form_submitted": "on", "once": once})
    return staff.get(answer["HX-Redirect"]).text if "HX-Redirect" in answer else answer.content.decode()


def test_anonymous_and_members_see_nothing_of_it(acme: TestTenant) -> None:
    member = signed_in(acme.host, acme.owner, acme.password)
    for page in PAGES:
        assert browser(settings.PUBLIC_HOST).get(f"/admin/orders/{page}/")["Location"].startswith("/admin/login/")
        assert member.get(f"/admin/orders/{page}/").status_code == 404


def test_an_order_is_moved_on_with_a_reason_and_a_refusal_is_said(staff: Client, api: Api) -> None:
    sku = offered(api, units=5)
    order = placed(api, (sku, 2)).json()
    api.drain()
    page = f"/admin/orders/orderrow/{quote(order['id'].replace('~', '#'))}/change/"
    assert "required" in press(staff, page, "confirm", reason="")
    press(staff, page, "confirm", reason="They called.")
    assert "cannot become delivered" in press(staff, page, "deliver", reason="Try.")
    press(staff, page, "cancel", reason="They called again.")
    last = api("GET", f"orders/{order['code']}/?consistent=true").json()
    assert (last["status"], last["cancel_reason"]) == ("cancelled", "They called again.")
    assert last["updated_by"].startswith("staff:")
    lines = AuditLine.objects.filter(tenant_code="acme", subject=order["code"]).order_by("pk")
    assert [(line.action, line.reason) for line in lines] == [
        ("order.confirmed", "They called."),
        ("order.cancelled", "They called again."),
    ]


def test_stock_is_adjusted_and_measured_and_a_product_retired(staff: Client, api: Api) -> None:
    sku = offered(api, units=5)
    api.drain()
    stock = f"/admin/orders/stockrow/{quote(f'STOCK#acme#STOCK#{sku}')}/change/"
    press(staff, stock, "adjust", times=2, quantity="-2", reason="Broken.")
    assert numbers(api, sku) == (3, 0, 3)
    assert (
        AuditLine.objects.filter(tenant_code="acme", action="stock.adjusted", reason="Broken.", subject=sku).count()
        == 1
    )
    assert "There is not enough" in press(staff, stock, "adjust", quantity="-4", reason="All broken.")
    press(staff, stock, "set_threshold", low_stock_at="2", reason="They ask for it.")
    assert api("GET", f"inventory/{sku}/?consistent=true").json()["low_stock_at"] == 2
    press(staff, f"/admin/orders/productrow/{quote(f'PRODUCT#acme#PRODUCT#{sku}')}/change/", "retire", reason="Old.")
    assert placed(api, (sku, 1)).json()["code"] == "not_for_sale"
    api.drain()
    [line, *_] = api("GET", f"inventory/{sku}/movements/").json()["results"]
    assert (line["reason"], line["by"][:6]) == ("Broken.", "staff:")
