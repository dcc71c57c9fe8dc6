"""The shop over HTTP: anonymous first, another tenant second."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from conftest import Api, TestTenant

ADDRESS = {"street": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}
PATHS = ["products/", "inventory/", "orders/", "tax-rates/"]


@pytest.fixture
def sku(api: Api) -> str:
    """A new product at 32.99 with 10 on hand."""
    return offered(api, units=10)


def offered(api: Api, *, units: int = 0, **fields: Any) -> str:
    sku = f"S-{uuid4().hex[:12]}"
    product = {"sku": sku, "name": "Tea", "price": {"amount": 3299, "currency": "USD"}} | fields
    assert api("POST", "products/", product).status_code == 201
    if units:
        assert adjusted(api, sku, quantity=units).status_code == 200
    return sku


def adjusted(api: Api, sku: str, **args: Any) -> Any:
    return api("POST", f"inventory/{sku}/adjust/", args, if_match="*", idempotency_key=uuid4().hex)


def placed(api: Api, *items: tuple[str, int], key: str = "", **fields: Any) -> Any:
    body = {"customer_id": "c-1", "shipping_address": ADDRESS} | fields
    body["items"] = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
    return api("POST", "orders/", body, idempotency_key=key or uuid4().hex)


def numbers(api: Api, sku: str) -> tuple[int, int, int]:
    found = api("GET", f"inventory/{sku}/?consistent=true").json()
    return found["on_hand"], found["reserved"], found["available"]


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, path: str) -> None:
    for method in ("GET", "POST"):
        assert Api(acme, key=None)(method, path, {}).status_code in (401, 405)


@pytest.mark.parametrize("path", PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, path: str) -> None:
    assert Api(acme, key=globex.key)("GET", path).status_code == 401


def test_another_tenants_things_are_not_there(api: Api, globex: TestTenant, sku: str) -> None:
    code = placed(api, (sku, 1)).json()["code"]
    other = Api(globex)
    for path in (f"products/{sku}/", f"inventory/{sku}/", f"inventory/{sku}/movements/"):
        assert other("GET", path).status_code == 404
    assert code not in [each["code"] for each in other("GET", f"orders/?q={code}").json()["results"]]
    assert placed(other, (sku, 1)).json()["code"] == "unknown_product"


def test_an_order_is_placed_at_the_catalogues_price(api: Api, sku: str) -> None:
    answer = placed(api, (sku, 2), payment_method="invoice", note="ring twice")
    order = answer.json()
    assert (answer.status_code, answer["ETag"]) == (201, '"1"')
    assert answer["Location"].endswith(f"/api/v1/orders/{order['code']}/")
    assert order["status"] == "pending"
    assert order["subtotal"] == {"amount": 6598, "currency": "USD"}
    assert order["tax"] == {"amount": 660, "currency": "USD"}
    assert order["total"] == {"amount": 7258, "currency": "USD"}
    assert order["items"][0]["unit_price"] == {"amount": 3299, "currency": "USD"}
    assert (order["shipping_address"], order["note"]) == (ADDRESS | {"state": ""}, "ring twice")
    assert order["placed_at"] == order["created_at"]
    api.drain()
    assert api("GET", f"orders/{order['code']}/").json() == order
    assert numbers(api, sku) == (10, 2, 8)


def test_codes_are_numbered_without_a_gap(api: Api, sku: str) -> None:
    first, refused, second = placed(api, (sku, 1)), placed(api, (sku, 100)), placed(api, (sku, 1))
    assert refused.status_code == 422
    codes = [each.json()["code"] for each in (first, second)]
    assert [code[:4] for code in codes] == ["ORD-", "ORD-"]
    assert int(codes[1][4:]) == int(codes[0][4:]) + 1


def test_short_stock_is_refused_with_what_there_is(api: Api, sku: str) -> None:
    other = offered(api, units=1)
    answer = placed(api, (sku, 1), (other, 2))
    assert (answer.status_code, answer.json()["code"]) == (422, "insufficient_stock")
    [told] = answer.json()["errors"]
    assert (told["pointer"], told["requested"], told["available"]) == ("/items/1/sku", 2, 1)
    assert numbers(api, sku) == (10, 0, 10)


def test_more_than_there_is_cannot_be_taken_off_the_shelf(api: Api, sku: str) -> None:
    body = {"quantity": -11, "reason": "Damaged"}
    answer = api("POST", f"inventory/{sku}/adjust/", body, if_match="*", idempotency_key=uuid4().hex)
    assert (answer.status_code, answer.json()["code"]) == (422, "insufficient_stock")
    [told] = answer.json()["errors"]  # on hand and available are both too few: that is said once
    assert (told["pointer"], told["requested"], told["available"]) == ("/quantity", 11, 10)


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"items": []}, 422, "/items"),
        ({"items": [{"sku": "?", "quantity": 1, "price": 1}]}, 400, "/items/0/price"),
        ({"items": [{"sku": "NONE", "quantity": 1}]}, 422, "/items/0/sku"),
        ({"items": [{"sku": "?", "quantity": 0}]}, 422, "/items/0/quantity"),
        ({"items": [{"sku": "?", "quantity": -1}]}, 422, "/items/0/quantity"),
        ({"items": [{"sku": "?", "quantity": 1.5}]}, 400, "/items/0/quantity"),
        ({"items": [{"sku": "?", "quantity": 10**18}]}, 422, "/items/0/quantity"),
        ({"items": [{"sku": "?", "quantity": "1"}]}, 400, "/items/0/quantity"),
        ({"total": {"amount": 1, "currency": "USD"}}, 400, "/total"),
        ({"shipping_address": ADDRESS | {"country": "Germany"}}, 422, "/shipping_address/country"),
        ({"shipping_address": ADDRESS | {"planet": "Mars"}}, 400, "/shipping_address/planet"),
        ({"note": "x" * 2001}, 422, "/note"),
        ({"customer_id": " "}, 422, "/customer_id"),
        ({"items": [{"sku": "x" * 5000, "quantity": 1}]}, 422, "/items/0/sku"),
        ({"items": [{"sku": f"S{number}", "quantity": 1} for number in range(91)]}, 422, "/items"),
        ({"shipping_address": ADDRESS | {"country": "x" * 5000}}, 422, "/shipping_address/country"),
    ],
)
def test_what_is_wrong_is_pointed_at(api: Api, sku: str, change: dict[str, Any], status: int, pointer: str) -> None:
    body = {"customer_id": "c-1", "shipping_address": ADDRESS, "items": [{"sku": "?", "quantity": 1}]} | change
    body["items"] = [{**each, "sku": sku if each["sku"] == "?" else each["sku"]} for each in body["items"]]
    answer = api("POST", "orders/", body, idempotency_key=uuid4().hex)
    assert (answer.status_code, answer.json().get("errors", [{}])[0].get("pointer")) == (status, pointer)
    assert numbers(api, sku) == (10, 0, 10)


def test_whatever_moves_stock_by_adding_takes_a_key(api: Api, sku: str) -> None:
    body = {"customer_id": "c", "shipping_address": ADDRESS, "items": [{"sku": sku, "quantity": 1}]}
    for path, sent in (("orders/", body), (f"inventory/{sku}/adjust/", {"quantity": 1, "version": 2})):
        answer = api("POST", path, sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


def test_to_ship_some_takes_a_key_and_to_ship_all_does_not(api: Api, sku: str) -> None:
    ship = f"orders/{placed(api, (sku, 3)).json()['code']}/ship/"
    for rule in ("confirm", "process"):
        api("POST", ship.replace("ship", rule), if_match="*")
    some = {"items": [{"sku": sku, "quantity": 1}]}
    assert api("POST", ship, some, if_match="*").json()["code"] == "idempotency_key_required"
    for _ in range(2):
        assert api("POST", ship, some, if_match="*", idempotency_key=f"{sku}-1").json()["status"] == "processing"
    assert numbers(api, sku) == (9, 2, 7)
    assert api("POST", ship, if_match="*").json()["status"] == "shipped"
    assert numbers(api, sku) == (7, 0, 7)


def test_orders_are_found_by_status_customer_and_time(api: Api, sku: str) -> None:
    customer, (first, second) = uuid4().hex, (placed(api, (sku, 1)).json() for _ in range(2))
    mine = placed(api, (sku, 1), customer_id=customer).json()
    api.drain()

    def found(**asked: str) -> list[str]:
        answer = api("GET", f"orders/?limit=100&{urlencode(asked)}")
        return [each["code"] for each in answer.json()["results"]]

    between = {"placed_at_after": first["placed_at"], "placed_at_before": second["placed_at"]}
    assert first["code"] in found(**between)
    assert second["code"] not in found(**between)
    assert found(customer_id=customer) == found(q=customer) == found(q=mine["code"].lower()) == [mine["code"]]
    assert found(customer_id=customer, status="shipped") == []
    assert api("GET", "orders/?placed_at_after=yesterday").json()["errors"][0]["pointer"] == "?placed_at_after"


def test_a_repeat_places_nothing_more(api: Api, sku: str) -> None:
    key = uuid4().hex
    first, again = placed(api, (sku, 3), key=key), placed(api, (sku, 3), key=key)
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert placed(api, (sku, 4), key=key).json()["code"] == "idempotency_key_reused"
    assert numbers(api, sku) == (10, 3, 7)


def test_an_order_goes_its_way(api: Api, sku: str) -> None:
    order = f"orders/{placed(api, (sku, 2)).json()['code']}/"
    for rule, status in (("confirm", "confirmed"), ("process", "processing"), ("ship", "shipped")):
        answer = api("POST", f"{order}{rule}/", if_match="*")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert numbers(api, sku) == (8, 0, 8)
    refused = api("POST", f"{order}cancel/", if_match="*")
    assert (refused.status_code, refused.json()["allowed"]) == (422, ["delivered"])
    facts = [each["fact"] for each in api("GET", f"{order}history/").json()["results"]]
    assert facts == ["placed", "confirmed", "processed", "shipped"]


def test_a_status_is_set_by_its_name_at_a_version(api: Api, sku: str) -> None:
    order = f"orders/{placed(api, (sku, 1)).json()['code']}/"
    assert api("PATCH", f"{order}status/", {"status": "confirmed", "version": 1}).json()["status"] == "confirmed"
    stale = api("PATCH", f"{order}status/", {"status": "processing", "version": 1})
    assert (stale.status_code, stale.json()["current_version"]) == (409, 2)
    skipped = api("PATCH", f"{order}status/", {"status": "delivered", "version": 2})
    assert (skipped.status_code, skipped.json()["code"]) == (422, "not_allowed")
    assert api("PATCH", f"{order}status/", {"status": "pending", "version": 2}).status_code == 422
    assert api("PATCH", f"{order}status/", {"status": "lost", "version": 2}).status_code == 400
    assert api("PATCH", f"{order}status/", {"status": "confirmed"}).status_code == 428


def test_stock_is_adjusted_on_what_was_on_hand(api: Api, sku: str) -> None:
    answer = adjusted(api, sku, quantity=-4, reason="broken", reference="R-1", expected=10)
    assert (answer.json()["on_hand"], answer.json()["available"]) == (6, 6)
    stale = adjusted(api, sku, quantity=-4, expected=10)
    assert (stale.status_code, stale.json()["code"], stale.json()["on_hand"]) == (409, "stock_moved", 6)
    few = adjusted(api, sku, quantity=-7).json()
    told = few["errors"][0]
    assert (few["available"], told["pointer"], told["requested"], told["available"]) == (6, "/quantity", 7, 6)
    unchanged = adjusted(api, sku, quantity=0)
    assert (unchanged.status_code, unchanged.json()["version"]) == (200, answer.json()["version"])


def test_stock_is_listed_with_its_numbers(api: Api, sku: str) -> None:
    placed(api, (sku, 3))
    api.drain()
    [row] = api("GET", f"inventory/?q={sku}").json()["results"]
    assert (row["on_hand"], row["reserved"], row["available"]) == (10, 3, 7)
    assert api("GET", f"inventory/{sku}/").json()["available"] == 7
    assert api("POST", "inventory/", {"sku": "x"}).status_code == 405
    assert api("POST", f"inventory/{sku}/run_low/", if_match="*").status_code == 404


def test_the_numbers_of_a_version_or_a_time_are_those_of_then(api: Api, sku: str) -> None:
    order = placed(api, (sku, 3)).json()
    key, body = uuid4().hex, {"quantity": 5}
    first = api("POST", f"inventory/{sku}/adjust/", body, if_match="*", idempotency_key=key)
    api("POST", f"orders/{order['code']}/cancel/", if_match="*")
    assert then(api, sku, "version=1") == (0, 0, 0)
    assert then(api, sku, "version=2") == (10, 0, 10)
    assert then(api, sku, "version=3") == (15, 3, 12)
    assert then(api, sku, urlencode({"as_of": order["placed_at"]})) == (10, 3, 7)
    assert then(api, sku, "as_of=2999-01-01T00:00:00Z") == (15, 0, 15)
    assert api("GET", f"inventory/{sku}/?version=4").status_code == 404
    assert api("GET", f"inventory/{sku}/?as_of=2020-01-01T00:00:00Z").status_code == 404
    assert api("GET", f"inventory/{sku}/?version=1&consistent=true").status_code == 400
    again = api("POST", f"inventory/{sku}/adjust/", body, if_match="*", idempotency_key=key)
    assert (again["Idempotent-Replayed"], again.json()) == ("true", first.json())
    api("PATCH", f"products/{sku}/", {"name": "Coffee"}, if_match="*")
    assert [api("GET", f"products/{sku}/?version={n}").json()["name"] for n in (1, 2)] == ["Tea", "Coffee"]
    assert [api("GET", f"orders/{order['code']}/?version={n}").json()["status"] for n in (1, 2)] == [
        "pending",
        "cancelled",
    ]


def then(api: Api, sku: str, asked: str) -> tuple[int, int, int]:
    api.drain()
    found = api("GET", f"inventory/{sku}/?{asked}").json()
    return found["on_hand"], found["reserved"], found["available"]


def test_movements_name_what_is_behind_them(api: Api, sku: str) -> None:
    adjusted(api, sku, quantity=5, reason="delivery", reference="D-7")
    order = placed(api, (sku, 4)).json()
    api("POST", f"orders/{order['code']}/cancel/", if_match="*")
    api.drain()
    found = api("GET", f"inventory/{sku}/movements/?limit=3").json()
    cancelled, place, adjust = found["results"]
    assert [each["fact"] for each in found["results"]] == ["order.cancelled", "order.placed", "stock.adjusted"]
    assert (place["code"], place["id"], place["version"]) == (order["code"], order["id"], 1)
    assert place["numbers"]["available"] == {"delta": -4, "balance": 11}
    assert cancelled["numbers"] == {"reserved": {"delta": -4, "balance": 0}, "available": {"delta": 4, "balance": 15}}
    assert (adjust["reason"], adjust["reference"]) == ("delivery", "D-7")
    [first] = api("GET", found["next"]).json()["results"]
    assert first["numbers"]["on_hand"] == {"delta": 10, "balance": 10}


def test_a_products_stock_is_made_with_it_and_a_sku_is_taken_once(api: Api) -> None:
    sku = offered(api)
    assert numbers(api, sku) == (0, 0, 0)
    again = api("POST", "products/", {"sku": sku, "name": "x", "price": {"amount": 1, "currency": "USD"}})
    assert (again.status_code, again.json()["code"]) == (422, "code_taken")


@pytest.mark.parametrize(
    ("price", "status"),
    [
        ({"amount": 10.5, "currency": "USD"}, 400),
        ({"amount": -1, "currency": "USD"}, 422),
        ({"amount": 1, "currency": "dollars"}, 422),
        ({"amount": 1}, 400),
        ({"amount": 1, "currency": "USD", "vat": 1}, 400),
    ],
)
def test_a_price_is_whole_minor_units_of_a_currency(api: Api, price: Any, status: int) -> None:
    answer = api("POST", "products/", {"sku": uuid4().hex, "name": "x", "price": price})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"].startswith("/price")) == (status, True)


def test_tax_is_the_tenants_own(api: Api) -> None:
    sku = offered(api, units=1, category="books")
    country = {"country": "FR", "percent": "5.5", "category": "books"}
    made = api("POST", "tax-rates/", country)
    assert (made.status_code, made.json()["code"], made.json()["percent"]) == (201, "FR.books", "5.500")
    order = placed(api, (sku, 1), shipping_address=ADDRESS | {"country": "FR"}).json()
    assert order["tax"]["amount"] == 181
    api("DELETE", "tax-rates/FR.books/", if_match="*")
