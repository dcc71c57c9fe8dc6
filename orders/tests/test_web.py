"""The pages of the shop without JavaScript: plain forms, redirects and messages."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from conftest import Api, TestTenant
from orders.tests.test_api import ADDRESS, adjusted, numbers, offered, placed
from tenants.models import User
from tenants.tests.browsers import browser, in_session

PATHS = ("/products/", "/products/new/", "/inventory/X/", "/holds/", "/orders/", "/orders/new/", "/orders/ORD-000001/")
TO = {f"shipping_address.{name}": text for name, text in ADDRESS.items()}


@pytest.fixture
def owner(acme: TestTenant) -> Client:
    return in_session(acme.host, User.objects.get(email=acme.owner))


@pytest.fixture
def viewer(acme: TestTenant) -> Client:
    return in_session(acme.host, User.objects.get(email=acme.viewer))


@pytest.fixture
def sku(api: Api) -> str:
    """A new product at 32.99 with 10 on hand."""
    return offered(api, units=10, name="Green tea")


def page(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return str(response.content.decode())


def sent(client: Client, path: str, form: dict[str, Any], *, status: int = 302, once: str = "") -> Any:
    response = client.post(path, {"once": once or uuid4().hex} | form)
    assert response.status_code == status, response.content.decode()[-2000:]
    return response


def wanted(*items: tuple[str, int | str], **more: str) -> dict[str, Any]:
    """The fields of a form that orders these."""
    found: dict[str, Any] = {"customer_id": "c-1"} | TO | more
    for number, (sku, quantity) in enumerate(items):
        found |= {f"items.{number}.sku": sku, f"items.{number}.quantity": quantity}
    return found


def ordered(api: Api, *items: tuple[str, int]) -> str:
    return str(placed(api, *items).json()["code"])


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_sent_to_sign_in_and_back(acme: TestTenant, path: str) -> None:
    response = browser(acme.host).get(path)
    assert response["Location"] == f"/sign-in/?next={path.replace('/', '%2F')}"
    assert browser(acme.host).post(path)["Location"].startswith("/sign-in/")


def test_another_tenants_things_are_not_there(api: Api, globex: TestTenant, sku: str) -> None:
    code = ordered(api, (sku, 1))
    stranger = in_session(globex.host, User.objects.get(email=globex.owner))
    for path in (f"/products/{sku}/", f"/inventory/{sku}/", f"/products/{sku}/edit/"):
        page(stranger, path, status=404)
    assert "No product matches" in page(stranger, f"/products/?q={sku}")
    order = stranger.get(f"/orders/{code}/")
    assert order.status_code == 404 or sku not in order.content.decode()
    refused = sent(stranger, "/orders/new/", wanted((sku, 1)), status=422)
    assert "There is no product with this SKU." in refused.content.decode()


def test_a_viewer_sees_everything_and_no_control_that_writes(api: Api, viewer: Client, sku: str) -> None:
    code = ordered(api, (sku, 1))
    call_command("drain", verbosity=0)
    for path in ("/products/", "/orders/", f"/products/{sku}/", f"/inventory/{sku}/", f"/orders/{code}/"):
        text = page(viewer, path)
        assert text.count('method="post"') == 1, "signing out"
        assert "data-new" not in text
    for path in ("/products/new/", f"/products/{sku}/edit/", "/orders/new/", f"/orders/{code}/edit/"):
        page(viewer, path, status=403)
    for path in (f"/inventory/{sku}/adjust/", f"/orders/{code}/confirm/", f"/products/{sku}/retire/"):
        sent(viewer, path, {"quantity": 1}, status=403)
    assert numbers(api, sku) == (10, 1, 9)


def test_a_product_is_made_at_a_price_in_decimals_and_listed_with_its_stock(api: Api, owner: Client) -> None:
    sku = f"P-{uuid4().hex[:8]}"
    form = {"sku": sku, "name": "Oolong", "category": "oolong", "price.amount": "32.5", "price.currency": "usd"}
    made = sent(owner, "/products/new/", form | {"images.0": "https://example.org/a,b.png", "images.1": ""})
    assert made["Location"] == f"/products/{sku}/"
    product = api("GET", f"products/{sku}/?consistent=true").json()
    assert (product["price"], product["images"]) == (
        {"amount": 3250, "currency": "USD"},
        ["https://example.org/a,b.png"],
    )
    refused = sent(owner, "/products/new/", form | {"sku": f"{sku}-2", "images.0": "https://a.b/c d.png"}, status=422)
    assert "has no blanks in it" in refused.content.decode()
    adjusted(api, sku, quantity=4)
    call_command("drain", verbosity=0)
    row = page(owner, f"/products/?q={sku[2:]}&category=oolong&is_active=true").partition(f'id="p-{sku}"')[2]
    assert "$32.50" in row
    assert 'value="USD"' in page(owner, "/products/new/")  # as the one before
    assert re.findall(r'data-label="[A-Z][a-z ]+">(?:<a[^>]*>)?(\d+)', row.partition("</tr>")[0]) == ["4", "0", "4"]
    assert "No product matches" in page(owner, f"/products/?q={sku}&is_low=true")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"price.amount": "much"}, "An amount is written like 12.50."),
        ({"price.amount": "1.234"}, "USD has 2 decimals."),
        ({"price.amount": "-1"}, "An amount is 0 or more minor units"),
        ({"price.currency": "dollars"}, "An amount is 0 or more minor units"),
        ({"sku": "no spaces"}, "A SKU is 1 to 64 letters"),
        ({"name": " "}, "A product needs a name."),
        ({"category": "Capital"}, "A category is up to 50 small letters"),
    ],
)
def test_what_is_wrong_with_a_product_stands_at_its_field(owner: Client, change: dict[str, str], told: str) -> None:
    form = {"sku": uuid4().hex, "name": "Oolong", "price.amount": "1", "price.currency": "USD", "category": "x"}
    text = sent(owner, "/products/new/", form | change, status=422).content.decode()
    [field] = change
    assert told in text.partition(f'id="error_{field if field != "price.currency" else "price.currency"}"')[2][:400]
    assert f'value="{change[field]}"' in text


def test_an_edit_that_was_overtaken_keeps_both_and_a_retired_one_is_sold_again(
    api: Api, owner: Client, sku: str
) -> None:
    api("PATCH", f"products/{sku}/", {"price": {"amount": 100, "currency": "USD"}, "name": "Theirs"}, if_match='"1"')
    mine = {"version": 1, "name": "Mine", "price.amount": "32.99", "price.currency": "USD"}
    text = sent(owner, f"/products/{sku}/edit/", mine, status=409).content.decode()
    assert "Now: Theirs" in text
    assert 'value="Mine"' in text
    assert 'name="price.amount" type="text" value="1.00"' in text, "what was not touched takes the current value"
    sent(owner, f"/products/{sku}/edit/", mine | {"version": 2})
    sent(owner, f"/products/{sku}/retire/", {"version": 3})
    assert "This product is retired" in page(owner, f"/products/{sku}/")
    sent(owner, f"/products/{sku}/edit/", {"version": 4, "is_active": "true"})
    text = page(owner, f"/products/{sku}/")
    assert "For sale" in text
    assert "<del>$1.00</del>" in text


def test_stock_is_adjusted_once_however_often_it_is_sent(api: Api, owner: Client, sku: str) -> None:
    form = {"quantity": "5", "reason": "Received", "reference": "DN-7", "expected": "10"}
    for _ in range(2):
        sent(owner, f"/inventory/{sku}/adjust/", form, once=sku)
    code = ordered(api, (sku, 2))
    call_command("drain", verbosity=0)
    text = page(owner, f"/inventory/{sku}/")
    assert numbers(api, sku) == (15, 2, 13)
    assert f'href="/orders/{code}/"' in text
    assert "Received" in text
    assert "DN-7" in text
    assert text.count('id="m-') == 3
    assert "Stock over time" in text
    assert "<dt>On hand</dt><dd>0</dd>" in page(owner, f"/inventory/{sku}/?version=1"), "as it was then"
    assert text.partition("</table>")[0].count("<td") == 120, "the chart's table: an hour in minutes"


def test_holds_are_seen_where_their_stock_is_and_released(api: Api, owner: Client, viewer: Client, sku: str) -> None:
    body = {"items": [{"sku": sku, "quantity": 4}], "minutes": 30}
    hold = api("POST", "holds/", body, idempotency_key=uuid4().hex).json()["code"]
    call_command("drain", verbosity=0)
    path = f"/inventory/{sku}/"
    on_hold = page(owner, path).partition("On hold</h2>")[2]
    assert on_hold.count(f'href="/holds/{hold}/"') == 2, "and among the movements"
    assert "4 units" in on_hold
    assert "Release<" not in page(viewer, path) + page(viewer, f"/holds/{hold}/") + page(viewer, "/holds/?status=held")
    assert f"4 × {sku}" in page(owner, "/holds/?status=held")
    sent(viewer, f"/holds/{hold}/release/", {}, status=403)
    for rule in ("expire", "take", "create"):
        sent(owner, f"/holds/{hold}/{rule}/", {}, status=404)
    assert sent(owner, f"/holds/{hold}/release/", {"next": path})["Location"] == path
    call_command("drain", verbosity=0)
    assert numbers(api, sku) == (10, 0, 10)
    assert "On hold</h2>" not in page(owner, path)
    assert "released it" in page(owner, f"/holds/{hold}/")


def test_a_stale_adjustment_is_told_the_new_number_and_holds_once_that_is_known(
    api: Api, owner: Client, sku: str
) -> None:
    adjusted(api, sku, quantity=-4)
    form = {"quantity": "-3", "expected": "10"}
    text = sent(owner, f"/inventory/{sku}/adjust/", form, status=409).content.decode()
    assert "Meanwhile <b>6</b> are on hand, not 10." in text
    assert 'name="expected" value="6"' in text
    assert 'value="-3"' in text
    sent(owner, f"/inventory/{sku}/adjust/", form | {"expected": "6"})
    assert numbers(api, sku) == (3, 0, 3)


def test_what_is_refused_is_said_in_the_dialog_that_asked_it(api: Api, owner: Client, sku: str) -> None:
    text = sent(owner, f"/inventory/{sku}/adjust/", {"quantity": "-11"}, status=422).content.decode()
    dialog = text.partition('<dialog id="ask-adjust"')[2].partition("</dialog>")[0]
    assert " open" in dialog
    assert "There is not enough of this in stock." in dialog
    text = sent(owner, f"/inventory/{sku}/set_threshold/", {"low_stock_at": "-1"}, status=422).content.decode()
    assert "A threshold is 0 or more units" in text.partition('id="ask-set_threshold"')[2]
    sent(owner, f"/inventory/{sku}/set_threshold/", {"low_stock_at": "3"})
    sent(owner, f"/inventory/{sku}/set_threshold/", {"low_stock_at": ""})
    for rule in ("run_low", "recover", "create"):
        sent(owner, f"/inventory/{sku}/{rule}/", {}, status=404)
    without = owner.post(f"/inventory/{sku}/adjust/", {"quantity": "1"})
    assert without.status_code == 422, "a form that adds is sent once"
    assert numbers(api, sku) == (10, 0, 10)


def test_an_order_is_written_line_by_line_priced_and_placed_once(api: Api, owner: Client, sku: str) -> None:
    other = offered(api, units=3, name="Black tea")
    call_command("drain", verbosity=0)
    assert other in page(owner, f"/orders/new/?find={other}")
    text = sent(owner, "/orders/new/", wanted((sku, 2)) | {"add": other}, status=200).content.decode()
    assert (text.count('type="number"'), "$108.87" in text) == (2, True), "two and one, with a tenth of tax"
    text = sent(owner, "/orders/new/", wanted((sku, 2), (other, 1)) | {"drop": "0"}, status=200).content.decode()
    assert (text.count('type="number"'), "$36.29" in text) == (1, True)
    text = sent(owner, "/orders/new/", wanted((other, 4)) | {"update": "1"}, status=200).content.decode()
    assert "Only 3 left" in text
    text = sent(owner, "/orders/new/", wanted((sku, 1), (other, 4)), status=422).content.decode()
    assert "Only 3 left" in text.partition('id="error-1"')[2]
    assert numbers(api, sku) == (10, 0, 10)
    form = wanted((sku, 2), (sku, 1), (other, 3), note="Ring\r\ntwice", payment_method="Card")
    first, again = (sent(owner, "/orders/new/", form, once=sku) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert (numbers(api, sku), numbers(api, other)) == ((10, 3, 7), (3, 3, 0))
    order = api("GET", f"{first['Location'][1:]}?consistent=true").json()
    assert (order["note"], len(order["items"]), order["shipping_address"]["city"]) == ("Ring\ntwice", 2, "Berlin")
    reused = sent(owner, "/orders/new/", wanted((sku, 1)), once=sku, status=422)
    assert "was used for another request" in reused.content.decode()


def test_what_is_wrong_with_an_order_stands_at_its_field(api: Api, owner: Client, sku: str) -> None:
    for change, at, told in [
        ({"items.0.quantity": "0"}, "error-0", "A quantity is 1 to"),
        ({"items.0.quantity": "1.5"}, "error-0", "valid integer"),
        ({"items.0.quantity": "9" * 18}, "error-0", "A quantity is 1 to"),
        ({"items.0.quantity": "9" * 5000}, "error-0", ""),
        ({"items.0.sku": "NONE"}, "error-0", "There is no product with this SKU."),
        ({"items.0.sku": ""}, "draft", "An order needs something to order."),
        ({"shipping_address.city": ""}, "error_shipping_address.city", "An address needs a street"),
        ({"shipping_address.country": ""}, "error_country", "An address needs a street"),
        ({"customer_id": "x" * 201}, "error_customer_id", "At most 200 characters"),
        ({"customer_id": " "}, "error_customer_id", "An order is somebody"),
    ]:
        text = sent(owner, "/orders/new/", wanted((sku, 1)) | change, status=422).content.decode()
        assert told in text.partition(f'id="{at}"')[2][:1500], change
    assert numbers(api, sku) == (10, 0, 10)


def test_an_order_goes_its_way_by_the_buttons_it_offers(api: Api, owner: Client, sku: str) -> None:
    order = f"/orders/{ordered(api, (sku, 5))}/"
    for rule, offered_next in (("confirm", "process"), ("process", "ship")):
        assert f'formaction="{order}{rule}/"' in page(owner, order)
        sent(owner, f"{order}{rule}/", {})
        assert f'formaction="{order}{offered_next}/"' in page(owner, order)
    some = {"partly": "yes", "items.0.sku": sku}
    text = sent(owner, f"{order}ship/", some | {"items.0.quantity": "0"}, status=422).content.decode()
    assert "Say of at least one line how many." in text.partition('id="ask-ship"')[2]
    sent(owner, f"{order}ship/", some | {"items.0.quantity": "9"}, status=422)
    sent(owner, f"{order}ship/", some | {"items.0.quantity": "2"})
    assert "2 of 5 shipped" in page(owner, order)
    assert numbers(api, sku) == (8, 3, 5)
    sent(owner, f"{order}ship/", {})
    assert "formaction" not in page(owner, order).partition("deliver/")[0].partition('id="do"')[2].partition(order)[0]
    for _ in range(2):
        sent(owner, f"{order}return_items/", some | {"items.0.quantity": "1"}, once=order[:60])
    sent(owner, f"{order}deliver/", {})
    text = page(owner, order)
    assert "1 returned" in text
    assert numbers(api, sku) == (6, 0, 6)
    assert text.count('class="moment"') == 7
    assert set(re.findall(r'<dt class="code">([^<]+)', text)) == {sku}, "and of nothing that a plan counts"
    assert re.search(r"On hand <b class=\"down\">−3</b>", text), "the timeline tells what moved"
    sent(owner, f"{order}cancel/", {"reason": "late"}, status=422)


def test_cancelling_says_why_and_gives_back(api: Api, owner: Client, sku: str) -> None:
    order = f"/orders/{ordered(api, (sku, 5))}/"
    text = sent(owner, f"{order}cancel/", {"reason": "x" * 501}, status=422).content.decode()
    assert "At most 500 characters" in text.partition('id="ask-cancel"')[2]
    sent(owner, f"{order}cancel/", {"reason": "Changed their mind", "version": 1})
    text = page(owner, order)
    assert "Cancelled: Changed their mind" in text
    assert "formaction" not in text
    assert numbers(api, sku) == (10, 0, 10)


def test_a_button_decided_on_an_old_version_does_nothing_and_says_why(api: Api, owner: Client, sku: str) -> None:
    order = f"/orders/{ordered(api, (sku, 1))}/"
    sent(owner, f"{order}confirm/", {"version": 1})
    sent(owner, f"{order}cancel/", {"version": 1})
    text = page(owner, order)
    assert "Changed meanwhile: status." in text
    assert 'id="v3"' not in text


def test_an_edit_keeps_prices_unless_what_is_ordered_changes(api: Api, owner: Client, sku: str) -> None:
    code = ordered(api, (sku, 2))
    api("PATCH", f"products/{sku}/", {"price": {"amount": 100, "currency": "USD"}}, if_match="*")
    assert "$65.98" in page(owner, f"/orders/{code}/edit/")
    form = wanted((sku, 2)) | {"shipping_address.city": "Bonn", "version": 1}
    sent(owner, f"/orders/{code}/edit/", form)
    order = api("GET", f"orders/{code}/?consistent=true").json()
    assert (order["subtotal"]["amount"], order["shipping_address"]["city"]) == (6598, "Bonn")
    text = sent(owner, f"/orders/{code}/edit/", form | {"add": sku, "version": 2}, status=200).content.decode()
    assert "$3.00" in text, "three at today's price"
    sent(owner, f"/orders/{code}/edit/", form | {"items.0.quantity": "3", "version": 2})
    text = page(owner, f"/orders/{code}/")
    assert f"<del>2 × {sku}</del>" in text
    assert numbers(api, sku) == (10, 3, 7)
    api("POST", f"orders/{code}/confirm/", {}, if_match="*")
    assert 'name="items.0.quantity"' not in page(owner, f"/orders/{code}/edit/")


def test_an_edit_that_was_overtaken_keeps_whole_lines(api: Api, owner: Client, sku: str) -> None:
    other = offered(api, units=5)
    code = ordered(api, (sku, 1), (other, 1))
    items = [{"sku": other, "quantity": 2}]
    api("PATCH", f"orders/{code}/", {"items": items, "note": "Theirs"}, if_match='"1"')
    mine = wanted((sku, 4), (other, 1)) | {"version": 1, "note": "Mine"}
    text = sent(owner, f"/orders/{code}/edit/", mine, status=409).content.decode()
    assert "Now: Theirs" in text
    assert re.findall(r'name="items\.\d\.quantity" value="(\d)"', text) == ["4", "1"], "as they were typed"
    untouched = wanted((sku, 1), (other, 1)) | {"version": 1, "note": "Mine"}
    text = sent(owner, f"/orders/{code}/edit/", untouched, status=409).content.decode()
    assert re.findall(r'name="items\.\d\.quantity" value="(\d)"', text) == ["2"], "as they stand now"


def test_orders_are_found_by_status_customer_and_date(api: Api, owner: Client, sku: str) -> None:
    customer = f"c-{uuid4().hex[:8]}"
    code = placed(api, (sku, 1), customer_id=customer).json()["code"]
    call_command("drain", verbosity=0)
    for query in (
        f"customer_id={customer}",
        f"q={code}",
        f"customer_id={customer}&status=pending&placed_at_after=2020-01-01",
    ):
        assert f'id="{code}"' in page(owner, f"/orders/?{query}")
    for query in ("status=shipped", "placed_at_before=2020-01-01", "placed_at_after=2999-01-01"):
        assert "No order matches" in page(owner, f"/orders/?customer_id={customer}&{query}")
    assert "This filter cannot be read" in page(owner, "/orders/?placed_at_after=soon", status=400)
    assert owner.get(f"/orders/{code}/?version=9").status_code == 404


def test_the_first_page_tells_what_waits_and_what_runs_low(api: Api, owner: Client, sku: str) -> None:
    assert browser(owner.get("/").wsgi_request.get_host()).get("/")["Location"] == "/sign-in/?next=%2F"
    low = offered(api, units=1, name="Nearly gone")
    api("POST", f"inventory/{low}/set_threshold/", {"low_stock_at": 1}, if_match="*")
    code = ordered(api, (sku, 1))
    call_command("drain", verbosity=0)
    text = page(owner, "/")
    assert f'href="/orders/{code}/"' in text
    assert 'href="/orders/?status=pending"' in text
    assert "Orders by day" in text
    assert "Due this week" in text
    assert "Low stock" in text


def test_tax_rates_are_set_changed_and_removed(api: Api, owner: Client, viewer: Client) -> None:
    category = f"t{uuid4().hex[:8]}"
    code = f"AT.{category}"
    sent(owner, "/tax-rates/new/", {"country": "AT", "category": category, "percent": "7.5"})
    call_command("drain", verbosity=0)
    assert "7.5 %" in page(owner, "/tax-rates/").partition(f'id="{code}"')[2][:900]
    text = sent(owner, "/tax-rates/new/", {"country": "", "percent": "101"}, status=422).content.decode()
    assert "A country is two capital letters" in text
    text = sent(owner, f"/tax-rates/{code}/edit/", {"version": 1, "percent": "x"}, status=422).content.decode()
    assert 'id="error_percent"' in text
    sent(owner, f"/tax-rates/{code}/edit/", {"version": 1, "percent": "19"})
    sent(owner, f"/tax-rates/{code}/remove/", {"version": 2})
    text = page(owner, f"/tax-rates/{code}/")
    assert "This rate has been removed" in text
    assert "Austria" in text
    assert 'method="post" action="/tax-rates/' not in page(viewer, "/tax-rates/")
    sent(viewer, "/tax-rates/new/", {"country": "AT", "percent": "1"}, status=403)


def test_a_page_has_no_inline_script_or_style(api: Api, owner: Client, sku: str) -> None:
    code = ordered(api, (sku, 1))
    call_command("drain", verbosity=0)
    for path in (
        "/",
        "/tax-rates/",
        *PATHS[:2],
        f"/products/{sku}/",
        f"/inventory/{sku}/",
        "/orders/",
        "/orders/new/",
        f"/orders/{code}/",
    ):
        text = page(owner, path)
        assert "<script>" not in text
        assert " style=" not in text
        assert "hx-on" not in text
