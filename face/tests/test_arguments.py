"""What a client may send is what the rule takes, less what the kernel supplies."""

from typing import Any

import pytest

from cqrs.tests.shop import BASKET, fill
from face.arguments import body_model, parse
from face.refusals import Malformed
from orders.domain import ORDER


def test_what_a_rule_asks_of_the_world_cannot_be_sent() -> None:
    rule = BASKET.rule(fill.__name__)
    assert set(body_model(rule).model_fields) == {"lines"}
    with pytest.raises(Malformed) as refused:
        parse(rule, b'{"lines": [["apple", 1]], "prices": {"apple": 0}}')
    errors: Any = refused.value.fields["errors"]
    assert [(each["pointer"], each["code"]) for each in errors] == [("/prices", "unknown_field")]


def test_a_field_that_an_item_does_not_take_is_as_unknown_as_any() -> None:
    with pytest.raises(Malformed) as refused:
        parse(ORDER.creation, b'{"items": [{"sku": "TEA", "quantity": 1, "price": 0}]}')
    errors: Any = refused.value.fields["errors"]
    assert ("/items/0/price", "unknown_field") in [(each["pointer"], each["code"]) for each in errors]
