"""Holds: units kept for a cart, given back, expired, taken over. Over HTTP, anonymous first, another tenant second."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context
from pytest_django.plugin import DjangoDbBlocker

from conftest import Api, TestTenant
from cqrs.dynamodb.store import store
from cqrs.projector import schema_of
from orders.domain import HOLD, HoldStatus, Item
from orders.domain.hold import HoldOver, InvalidMinutes, NotOverYet, expire, release
from orders.domain.order import UnknownHold
from orders.domain.stock import InsufficientStock
from orders.queries import due_holds, holds
from orders.tasks import look
from orders.tests.shop import Shop
from orders.tests.test_api import numbers, offered, placed
from tenants.provisioning import provision


@pytest.fixture
def shop(memory_keys: None) -> Shop:
    shop = Shop()
    shop.offer("TEA", units=10)
    return shop


def kept(api: Api, *items: tuple[str, int], **fields: Any) -> Any:
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
    return api("POST", "holds/", {"items": wanted} | fields, idempotency_key=uuid4().hex)


def test_anonymous_is_asked_for_a_credential(acme: TestTenant) -> None:
    for method, path in (("GET", "holds/"), ("POST", "holds/"), ("POST", "holds/HOLD-000001/release/")):
        assert Api(acme, key=None)(method, path, {}).status_code == 401


def test_another_tenants_hold_is_not_there(api: Api, globex: TestTenant) -> None:
    sku, other = offered(api, units=3), Api(globex)
    made = kept(api, (sku, 1)).json()
    assert other("GET", f"holds/{made['id']}/").status_code == 404
    assert other("POST", f"holds/{made['id']}/release/", if_match="*").status_code == 404
    assert Api(globex, key=api.tenant.key)("GET", "holds/").status_code == 401


def test_what_is_held_is_nobody_elses_until_it_is_released(api: Api) -> None:
    sku = offered(api, units=3)
    answer = kept(api, (sku, 1), (sku, 1))
    made = answer.json()
    assert (answer.status_code, made["status"], made["items"]) == (201, "held", [{"sku": sku, "quantity": 2}])
    assert numbers(api, sku) == (3, 2, 1)
    refused = placed(api, (sku, 2)).json()
    assert (refused["code"], refused["errors"][0]["available"]) == ("insufficient_stock", 1)
    path = f"holds/{made['code']}/release/"
    assert [api("POST", path, if_match="*").json()["version"] for _ in range(2)] == [2, 2]
    assert numbers(api, sku) == (3, 0, 3)
    api.drain()
    assert api("GET", f"holds/?q={made['code']}&status=released").json()["results"][0]["id"] == made["id"]
    facts = [each["fact"] for each in api("GET", f"inventory/{sku}/movements/").json()["results"]]
    assert facts[:2] == ["hold.released", "hold.held"]


def test_an_order_takes_over_what_is_held_for_it_and_only_one_does(api: Api) -> None:
    sku = offered(api, units=2)
    code = kept(api, (sku, 2)).json()["code"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: placed(api, (sku, 2), hold=code), range(8)))
    assert sorted(each.status_code for each in answers) == [201] + [422] * 7
    won = next(each.json() for each in answers if each.status_code == 201)
    assert (won["hold"], numbers(api, sku)) == (code, (2, 2, 0))
    assert {each.json()["code"] for each in answers} - {None} <= {won["code"], "hold_over"}
    assert api("GET", f"holds/{code}/?consistent=true").json()["status"] == "taken"
    assert api("POST", f"holds/{code}/release/", if_match="*").json()["code"] == "hold_over"
    assert api("POST", f"orders/{won['code']}/cancel/", if_match="*").status_code == 200
    assert numbers(api, sku) == (2, 0, 2)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"items": []}, "/items"),
        ({"items": [{"sku": "NONE", "quantity": 1}]}, "/items/0/sku"),
        ({"items": [{"sku": "TEA", "quantity": 0}]}, "/items/0/quantity"),
        ({"items": [{"sku": "TEA", "quantity": 1}], "minutes": 0}, "/minutes"),
        ({"items": [{"sku": "TEA", "quantity": 1}], "expires_at": "never"}, "/expires_at"),
    ],
)
def test_what_is_wrong_is_pointed_at(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api("POST", "holds/", body, idempotency_key=uuid4().hex)
    assert (answer.status_code in (400, 422), answer.json()["errors"][0]["pointer"]) == (True, pointer)
    assert api("POST", "holds/", body).status_code == 400


def test_a_hold_that_nobody_has_or_that_is_over_is_no_ground_for_an_order(shop: Shop) -> None:
    for code in ("HOLD-000001", "a#b", "x" * 5000):
        with pytest.raises(UnknownHold):
            shop.place(("TEA", 1), hold=code)
    held = shop.hold(("TEA", 10), minutes=5)
    with pytest.raises(InvalidMinutes):
        shop.hold(("TEA", 1), minutes=60 * 24 + 1)
    shop.ahead = timedelta(minutes=5)
    with pytest.raises(HoldOver):
        shop.place(("TEA", 1), hold=held.code)
    assert shop.numbers("TEA") == (10, 10, 0)


def test_more_or_less_than_is_held_can_be_ordered(shop: Shop) -> None:
    shop.offer("CUP", units=1)
    less = shop.hold(("TEA", 6))
    shop.place(("TEA", 2), ("CUP", 1), hold=less.code)
    assert (shop.numbers("TEA"), shop.numbers("CUP")) == ((10, 2, 8), (1, 1, 0))
    more = shop.hold(("TEA", 6))
    with pytest.raises(InsufficientStock):
        shop.place(("TEA", 9), hold=more.code)
    shop.place(("TEA", 8), hold=more.code)
    assert shop.numbers("TEA") == (10, 10, 0)


def test_a_hold_expires_when_its_time_has_come_and_to_ask_again_does_no_harm(shop: Shop) -> None:
    held = shop.hold(("TEA", 4), minutes=5)
    ref = HOLD.ref(held.sk)
    with pytest.raises(NotOverYet):
        shop.writer.send(ref.ask(expire))
    shop.ahead = timedelta(minutes=5)
    assert shop.writer.send(ref.ask(expire)).version.state.status == HoldStatus.EXPIRED
    assert shop.numbers("TEA") == (10, 0, 10)
    for rule in (expire, release):
        assert not shop.writer.send(ref.ask(rule)).changed


@pytest.fixture
def late(tenants: dict[str, TestTenant], django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    """A tenant's shop whose clock was an hour behind."""
    with django_db_blocker.unblock():
        code = f"h{uuid4().hex[:10]}"
        provision(code, name=code, owner_email=f"owner@{code}.example")
        yield Shop(store(), code, ahead=-timedelta(hours=1))


def test_the_clock_lets_holds_expire_once_however_often_it_strikes(late: Shop) -> None:
    late.offer("TEA", units=10)
    due, taken, good = late.hold(("TEA", 1)), late.hold(("TEA", 2)), late.hold(("TEA", 3), minutes=120)
    late.place(("TEA", 2), hold=taken.code)
    call_command("drain", verbosity=0)
    with schema_context(schema_of(late.tenant)):
        assert [row.code for row in due_holds(timezone.now())] == [due.code]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: look(), range(3)))
    assert late.numbers("TEA") == (10, 5, 5)
    call_command("drain", verbosity=0)
    with schema_context(schema_of(late.tenant)):
        found = dict(holds().values_list("code", "status"))
    assert found == {due.code: "expired", taken.code: "taken", good.code: "held"}
    assert late.log.get(HOLD, due.sk).version == 2


def test_units_are_named_once(shop: Shop) -> None:
    assert shop.hold(("TEA", 1), ("TEA", 2)).state.items == (Item("TEA", 3),)
