"""Every list and filter of the shop has an index that serves it; how quickly, `benchmarks.big_shop` measures."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django_tenants.utils import schema_context

from conftest import TestTenant
from orders.queries import OrderFilter, ProductFilter, StockFilter, orders, products, stock

ASKED = [
    (orders().order_by("-placed_at", "-id"), OrderFilter, "", "order_placed"),
    (orders().order_by("-placed_at", "-id"), OrderFilter, "status=shipped", "order_status"),
    (orders().order_by("-placed_at", "-id"), OrderFilter, "customer_id=C-1", "order_customer"),
    (orders().order_by("-placed_at", "-id"), OrderFilter, "placed_at_after=2026-01-01T00:00:00Z", "order_placed"),
    (orders(), OrderFilter, "q=ORD-000001", "order_code"),
    (products().order_by("-created_at", "-id"), ProductFilter, "", "product_created"),
    (products().order_by("-created_at", "-id"), ProductFilter, "category=tea", "product_category"),
    (products(), ProductFilter, "q=kettle", "product_searched_name"),
    (stock().order_by("code", "id"), StockFilter, "", "stock_code"),
    (stock(), StockFilter, "is_low=true", "stock_low"),
    (stock(), StockFilter, "q=kettle", "stock_searched_name"),
]
"""Rows, filters, what is asked, and an index of the plan."""


@pytest.mark.parametrize(("rows", "filters", "given", "index"), ASKED)
def test_it_is_served_by_an_index(acme: TestTenant, rows: Any, filters: Any, given: str, index: str) -> None:
    with schema_context(acme.schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        sql, values = filters(QueryDict(given), queryset=rows).qs[:25].query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan, plan
