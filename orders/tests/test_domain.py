"""The rules of the shop: what is refused and why, what moves stock and what does not, how money adds up."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cqrs.domain import NotFound, Refused
from cqrs.domain.money import InvalidMoney, Money, share
from cqrs.steps import CodeTaken
from orders.domain import ORDER, STOCK, TAX_RATE, Item, Status
from orders.domain.address import Address, IncompleteAddress
from orders.domain.lines import MixedCurrencies, NoItems, NotForSale, TooManyItems, UnknownProduct
from orders.domain.order import ItemsFixed, NotShipped, cancel, confirm, deliver, edit, process, return_items, ship
from orders.domain.product import PRODUCT, InvalidSku, retire
from orders.domain.product import edit as edit_product
from orders.domain.status import NEXT, NotAllowed
from orders.domain.stock import InsufficientStock, InvalidQuantity, StockMoved, recover, run_low, set_threshold
from orders.tests.shop import BERLIN, Shop

pytestmark = pytest.mark.usefixtures("memory_keys")


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.offer("TEA", price=333, units=10)
    shop.offer("CUP", price=1250, units=2, category="china")
    return shop


def test_a_product_brings_its_stock_at_nothing() -> None:
    shop = Shop()
    shop.offer("NEW")
    assert shop.log.get(STOCK, "STOCK#NEW").state.adjusted == 0
    assert shop.numbers("NEW") == (0, 0, 0)
    with pytest.raises(CodeTaken):
        shop.offer("NEW")


@pytest.mark.parametrize("sku", ["", "-a", "a b", "a/b", "a#b", "ä", "x" * 65])
def test_a_sku_is_plain(sku: str) -> None:
    with pytest.raises(InvalidSku):
        Shop().offer(sku)


@pytest.mark.parametrize("price", [Money(-1, "EUR"), Money(10**15 + 1, "EUR"), Money(1, "eur"), Money(1, "EURO")])
def test_a_price_is_minor_units_of_a_currency(price: Money) -> None:
    with pytest.raises(InvalidMoney) as refused:
        Shop().writer.send(PRODUCT.create(sku="X", name="x", price=price))
    assert refused.value.pointer.startswith("/price/")


def test_an_order_is_priced_taxed_and_numbered(shop: Shop) -> None:
    shop.writer.send(TAX_RATE.create(country="DE", percent=Decimal(19)))
    shop.writer.send(TAX_RATE.create(country="DE", percent=Decimal(7), category="china"))
    version = shop.place(("TEA", 3), ("CUP", 1))
    order = version.state
    assert version.code == "ORD-000001"
    assert [(line.sku, line.subtotal, line.tax) for line in order.lines] == [("TEA", 999, 190), ("CUP", 1250, 88)]
    assert (order.subtotal, order.tax, order.total, order.currency) == (2249, 278, 2527, "EUR")
    assert (order.status, order.placed_at) == (Status.PENDING, version.at)


def test_where_no_rate_is_set_tax_is_ten_percent(shop: Shop) -> None:
    assert shop.place(("CUP", 1)).state.tax == 125


def test_an_order_keeps_its_prices(shop: Shop) -> None:
    placed = shop.place(("TEA", 1))
    shop.writer.send(PRODUCT.ref("PRODUCT#TEA").ask(edit_product, price=Money(1, "EUR")))
    assert shop.ask(placed.sk, edit, note="x").state.subtotal == 333
    assert shop.place(("TEA", 1)).state.subtotal == 1


def test_lines_of_one_sku_are_one(shop: Shop) -> None:
    assert [line.quantity for line in shop.place(("TEA", 2), ("TEA", 3)).state.lines] == [5]
    with pytest.raises(InsufficientStock) as refused:
        shop.place(("TEA", 3), ("TEA", 3))
    told: Any = refused.value.fields["errors"]
    assert [(each["pointer"], each["requested"], each["available"]) for each in told] == [("/items/0/sku", 6, 5)]


def test_where_one_is_short_nothing_of_the_others_is_reserved_and_no_number_used(shop: Shop) -> None:
    with pytest.raises(InsufficientStock) as refused:
        shop.place(("TEA", 1), ("CUP", 3))
    told: Any = refused.value.fields["errors"]
    assert (told[0]["pointer"], told[0]["available"]) == ("/items/1/sku", 2)
    assert (shop.numbers("TEA"), shop.numbers("CUP")) == ((10, 0, 10), (2, 0, 2))
    assert shop.place(("TEA", 1)).code == "ORD-000001"


@pytest.mark.parametrize(
    ("wanted", "refused", "pointer"),
    [
        ([], NoItems, "/items"),
        ([("TEA", 0)], InvalidQuantity, "/items/0/quantity"),
        ([("TEA", 1), ("CUP", -1)], InvalidQuantity, "/items/1/quantity"),
        ([("TEA", 10**6 + 1)], InvalidQuantity, "/items/0/quantity"),
        ([("TEA", 1), ("NONE", 1)], UnknownProduct, "/items/1/sku"),
        ([(f"S{number}", 1) for number in range(91)], TooManyItems, "/items"),
    ],
)
def test_what_cannot_be_ordered_is_pointed_at(
    shop: Shop, wanted: list[tuple[str, int]], refused: type[Refused], pointer: str
) -> None:
    with pytest.raises(refused) as caught:
        shop.place(*wanted)
    assert caught.value.pointer == pointer
    assert shop.place(("TEA", 1)).code == "ORD-000001"


def test_what_is_retired_or_in_another_currency_is_refused(shop: Shop) -> None:
    shop.offer("USB", units=1, currency="USD")
    with pytest.raises(MixedCurrencies):
        shop.place(("TEA", 1), ("USB", 1))
    shop.writer.send(PRODUCT.ref("PRODUCT#TEA").ask(retire))
    with pytest.raises(NotForSale):
        shop.place(("TEA", 1))


@pytest.mark.parametrize("field", ["street", "city", "postal_code", "country"])
def test_an_address_is_complete(shop: Shop, field: str) -> None:
    with pytest.raises(IncompleteAddress) as refused:
        shop.place(("TEA", 1), address=Address(**{**vars(BERLIN), field: " "}))
    assert refused.value.pointer == f"/shipping_address/{field}"


def test_ninety_skus_fit_into_one_order() -> None:
    shop = Shop()
    for number in range(90):
        shop.offer(f"S{number}", units=1)
    shop.place(*[(f"S{number}", 1) for number in range(90)])
    assert shop.numbers("S89") == (1, 1, 0)


def test_an_order_goes_its_way_and_its_stock_with_it(shop: Shop) -> None:
    sk = shop.place(("TEA", 4)).sk
    assert shop.numbers("TEA") == (10, 4, 6)
    shop.ask(sk, confirm)
    shop.ask(sk, process)
    assert shop.ask(sk, ship, items=(Item("TEA", 1),)).state.status == Status.PROCESSING
    assert shop.numbers("TEA") == (9, 3, 6)
    shipped = shop.ask(sk, ship)
    assert (shipped.state.status, shipped.state.shipped_at) == (Status.SHIPPED, shipped.at)
    assert shop.numbers("TEA") == (6, 0, 6)
    shop.ask(sk, edit, note="changed after it was shipped")
    assert shop.ask(sk, ship).version == shipped.version + 1
    assert shop.ask(sk, deliver).state.status == Status.DELIVERED
    assert shop.numbers("TEA") == (6, 0, 6)
    shop.ask(sk, return_items, items=(Item("TEA", 2),))
    assert shop.numbers("TEA") == (8, 0, 8)
    with pytest.raises(NotShipped) as refused:
        shop.ask(sk, return_items, items=(Item("TEA", 3),))
    assert refused.value.fields["available"] == 2


def test_cancelling_gives_back_what_waits_and_only_once(shop: Shop) -> None:
    sk = shop.place(("TEA", 4)).sk
    for rule in (confirm, process):
        shop.ask(sk, rule)
    shop.ask(sk, ship, items=(Item("TEA", 1),))
    cancelled = shop.ask(sk, cancel, reason="changed their mind")
    assert shop.numbers("TEA") == (9, 0, 9)
    assert shop.ask(sk, cancel).version == cancelled.version
    assert shop.numbers("TEA") == (9, 0, 9)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    ("rule", "becomes"),
    [
        (confirm, Status.CONFIRMED),
        (process, Status.PROCESSING),
        (deliver, Status.DELIVERED),
        (cancel, Status.CANCELLED),
        (ship, Status.SHIPPED),
    ],
)
def test_a_refusal_names_the_status_and_what_may_follow(shop: Shop, status: Status, rule: Any, becomes: Status) -> None:
    sk = _in_status(shop, status)
    if becomes == status or becomes in NEXT[status]:
        assert shop.ask(sk, rule).state.status == becomes
        return
    with pytest.raises(NotAllowed) as refused:
        shop.ask(sk, rule)
    assert refused.value.fields == {"status": status, "allowed": list(NEXT[status])}
    assert status in refused.value.detail


def test_items_change_while_it_is_pending_and_stock_with_them(shop: Shop) -> None:
    sk = shop.place(("TEA", 4)).sk
    shop.ask(sk, edit, items=(Item("TEA", 1), Item("CUP", 2)))
    assert (shop.numbers("TEA"), shop.numbers("CUP")) == ((10, 1, 9), (2, 2, 0))
    shop.ask(sk, confirm)
    with pytest.raises(ItemsFixed):
        shop.ask(sk, edit, items=(Item("TEA", 2),))


def test_an_adjustment_is_decided_on_what_was_on_hand(shop: Shop) -> None:
    shop.adjust("TEA", quantity=-3, expected=10, reason="broken")
    assert shop.numbers("TEA") == (7, 0, 7)
    with pytest.raises(StockMoved) as refused:
        shop.adjust("TEA", quantity=-3, expected=10)
    assert refused.value.fields == {"expected": 10, "on_hand": 7}
    with pytest.raises(StockMoved):
        shop.adjust("TEA", quantity=1, expected=0)
    shop.offer("NEW")
    shop.adjust("NEW", quantity=5, expected=0)
    assert shop.numbers("NEW") == (5, 0, 5)


def test_an_adjustment_never_takes_what_is_promised(shop: Shop) -> None:
    shop.place(("TEA", 8))
    with pytest.raises(InsufficientStock) as refused:
        shop.adjust("TEA", quantity=-3)
    assert (refused.value.fields["requested"], refused.value.fields["available"]) == (3, 2)
    with pytest.raises(InsufficientStock):
        shop.adjust("TEA", quantity=-3, expected=10)
    shop.adjust("TEA", quantity=-2)
    assert shop.numbers("TEA") == (8, 8, 0)


def test_an_adjustment_by_nothing_changes_nothing(shop: Shop) -> None:
    before = shop.log.get(STOCK, "STOCK#TEA").version
    shop.adjust("TEA", quantity=0, reason="counted")
    assert shop.log.get(STOCK, "STOCK#TEA").version == before


def test_what_is_available_is_low_or_not_as_the_counter_says(shop: Shop) -> None:
    ref = STOCK.ref("STOCK#TEA")

    def reviewed() -> bool:
        shop.writer.send(ref.ask(run_low), ref.ask(recover))
        return shop.log.get(STOCK, "STOCK#TEA").state.is_low

    assert not reviewed()
    shop.writer.send(ref.ask(set_threshold, low_stock_at=3))
    assert not reviewed()
    order = shop.place(("TEA", 7))
    assert reviewed()
    version = shop.log.get(STOCK, "STOCK#TEA").version
    assert reviewed()
    assert shop.log.get(STOCK, "STOCK#TEA").version == version
    shop.ask(order.sk, cancel)
    assert not reviewed()
    assert [each.fact for each in shop.log.history(STOCK, "STOCK#TEA")][-2:] == ["ran_low", "recovered"]


def test_of_what_does_not_exist_nothing_is_adjusted(shop: Shop) -> None:
    with pytest.raises(NotFound):
        shop.adjust("NONE", quantity=1)


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 50), st.decimals(0, 100, places=3)), min_size=1))
def test_lines_add_up_to_totals_whatever_is_rounded(lines: list[tuple[int, int, Decimal]]) -> None:
    subtotals = [price * quantity for price, quantity, _ in lines]
    taxes = [share(subtotal, percent) for subtotal, (_, _, percent) in zip(subtotals, lines, strict=True)]
    for subtotal, tax, (_, _, percent) in zip(subtotals, taxes, lines, strict=True):
        assert abs(tax - subtotal * percent / 100) <= Decimal("0.5")
    assert sum(subtotals) + sum(taxes) == sum(s + t for s, t in zip(subtotals, taxes, strict=True))


def test_the_middle_is_rounded_to_the_even_one() -> None:
    assert [share(amount, Decimal(50)) for amount in (1, 3, 5, 7)] == [0, 2, 2, 4]


def _in_status(shop: Shop, status: Status) -> str:
    sk = shop.place(("TEA", 1)).sk
    way = {
        Status.PENDING: (),
        Status.CONFIRMED: (confirm,),
        Status.PROCESSING: (confirm, process),
        Status.SHIPPED: (confirm, process, ship),
        Status.DELIVERED: (confirm, process, ship, deliver),
        Status.CANCELLED: (cancel,),
    }
    for rule in way[status]:
        shop.ask(sk, rule)
    assert shop.log.get(ORDER, sk).state.status == status
    return sk
