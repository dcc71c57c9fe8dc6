"""The matrix is whole: each endpoint has its row, and each row its endpoint."""

import pytest

from config.tests.isolation.endpoints import Endpoint, of_public, of_tenants
from config.tests.isolation.rows import PUBLIC, ROWS, Row, name_in, row_of

HOSTS = [(of_tenants(), ROWS), (of_public(), PUBLIC)]


@pytest.mark.parametrize(("endpoints", "rows"), HOSTS, ids=["tenants", "public"])
def test_each_endpoint_has_a_row(endpoints: list[Endpoint], rows: dict[str, Row]) -> None:
    without = {each.name for each in endpoints if row_of(each, rows) is None}
    assert not without, "write a row for each of these in config/tests/isolation/rows.py"


@pytest.mark.parametrize(("endpoints", "rows"), HOSTS, ids=["tenants", "public"])
def test_each_row_has_an_endpoint(endpoints: list[Endpoint], rows: dict[str, Row]) -> None:
    used = {name_in(rows, each.name) for each in endpoints}
    assert not rows.keys() - used


def test_each_parameter_of_a_path_is_named() -> None:
    for each in of_tenants():
        row = row_of(each)
        assert row
        assert set(each.parameters) == row.names.keys(), each.name
