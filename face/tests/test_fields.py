"""Forms whose fields are named by their path, as rules' arguments and back."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import QueryDict

from cqrs.domain import KEEP, Entity, revise
from cqrs.domain.money import InvalidMoney, Money
from face.fields import form_args, numbers, texts
from face.refusals import Malformed


@dataclass(frozen=True)
class Line:
    sku: str
    units: int


@dataclass(frozen=True)
class Cart:
    owner: str
    price: Money = field(default_factory=lambda: Money(0, "EUR"))
    lines: tuple[Line, ...] = ()
    links: tuple[str, ...] = ()
    limit: int | None = None


def create(*, owner: str, price: Money, lines: tuple[Line, ...] = (), links: tuple[str, ...] = ()) -> Cart:
    return Cart(owner, price, lines, links)


def edit(cart: Cart, *, lines: tuple[Line, ...] | None = None, limit: int | None = KEEP) -> Cart:
    return revise(cart, limit=limit)


CART = Entity("CART", Cart, create=create, change={"edited": edit})


def args(text: str, rule: str = "create") -> dict[str, Any]:
    return form_args(CART.rule(rule), QueryDict(text))


def test_what_is_nested_is_named_by_its_path_and_what_is_empty_is_left_out() -> None:
    found = args("owner=Ada&price.amount=1,5&price.currency=usd&lines.3.sku=A&lines.3.units=2&lines.7.sku=&x=1")
    assert found == {"owner": "Ada", "price": Money(150, "USD"), "lines": (Line("A", 2),)}
    assert args("lines.0.sku=A&lines.0.units=1", "edit") == {"lines": (Line("A", 1),)}


def test_texts_are_split_at_commas_unless_each_has_a_field_of_its_own() -> None:
    rest = "&owner=Ada&price.amount=1&price.currency=EUR"
    assert args(f"links=a, b{rest}")["links"] == ("a", "b")
    assert args(f"links.0=a,b&links.1=&links.2=c{rest}")["links"] == ("a,b", "c")
    assert args(f"links.0={rest}")["links"] == ()


def test_nothing_is_none_where_none_is_a_value() -> None:
    assert args("limit=", "edit") == {"limit": None}
    assert args("limit=7", "edit") == {"limit": 7}


@pytest.mark.parametrize(("amount", "currency"), [("", "EUR"), ("1.001", "EUR"), ("1.5", "JPY"), ("Infinity", "EUR")])
def test_an_amount_that_its_currency_does_not_have_is_refused_at_its_field(amount: str, currency: str) -> None:
    with pytest.raises(InvalidMoney) as refused:
        args(f"owner=Ada&price.amount={amount}&price.currency={currency}")
    assert refused.value.pointer == "/price/amount"


def test_a_fault_points_to_its_field() -> None:
    with pytest.raises(Malformed) as refused:
        args("owner=Ada&price.amount=1&price.currency=EUR&lines.0.sku=A&lines.0.units=few")
    errors: Any = refused.value.fields["errors"]
    assert [each["pointer"] for each in errors] == ["/lines/0/units"]


def test_a_state_fills_the_form_it_came_from() -> None:
    cart = Cart("Ada", Money(1234567, "JPY"), (Line("A", 2),), ("x", "y"))
    found = texts(cart)
    assert (found["price.amount"], found["price.currency"]) == ("1234567", "JPY")
    assert (found["lines.0.sku"], found["lines.0.units"]) == ("A", "2")
    assert (found["links"], found["links.1"], found["limit"]) == ("x, y", "y", "")
    assert numbers(QueryDict("lines.2.sku=A&lines.0.sku=&lines.x=1"), "lines") == [2]
