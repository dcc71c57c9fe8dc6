"""Many buyers at once, over HTTP: as many orders as there are units, and everybody else is told how many are left."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django_tenants.utils import schema_context

from conftest import Api
from cqrs.ledgers import totals_of
from orders.domain import UNITS
from orders.tests.test_api import numbers, offered, placed

BUYERS, UNITS_THERE = 40, 10


def test_no_more_is_sold_than_there_is(api: Api) -> None:
    sku = offered(api, units=UNITS_THERE)
    answers = _all_at_once(api, [(sku, 1)])
    assert sorted(each.status_code for each in answers) == [201] * UNITS_THERE + [422] * (BUYERS - UNITS_THERE)
    for each in answers:
        if each.status_code == 422:
            assert each.json()["errors"][0]["available"] == 0
    assert numbers(api, sku) == (10, 10, 0)
    codes = sorted(int(each.json()["code"][4:]) for each in answers if each.status_code == 201)
    assert codes == list(range(codes[0], codes[0] + UNITS_THERE))


def test_two_lines_of_one_sku_count_together(api: Api) -> None:
    sku = offered(api, units=UNITS_THERE)
    answers = _all_at_once(api, [(sku, 1), (sku, 1)])
    assert sorted(each.status_code for each in answers).count(201) == UNITS_THERE // 2
    assert numbers(api, sku) == (10, 10, 0)


def test_where_the_second_is_short_nothing_of_the_first_stays_reserved(api: Api) -> None:
    plenty, few = offered(api, units=1000), offered(api, units=3)
    answers = _all_at_once(api, [(plenty, 2), (few, 1)])
    assert [each.status_code for each in answers].count(201) == 3
    assert {each.json()["errors"][0]["pointer"] for each in answers if each.status_code == 422} == {"/items/1/sku"}
    assert (numbers(api, plenty), numbers(api, few)) == ((1000, 6, 994), (3, 3, 0))


def test_the_ledger_adds_up_to_the_counter(api: Api) -> None:
    sku = offered(api, units=UNITS_THERE)
    _all_at_once(api, [(sku, 1)])
    api.drain()
    with schema_context(api.tenant.schema):
        assert totals_of(UNITS, sku) == {"on_hand": 10, "reserved": 10, "available": 0}


def _all_at_once(api: Api, items: list[tuple[str, int]]) -> list[Any]:
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(lambda _: placed(api, *items), range(BUYERS)))
