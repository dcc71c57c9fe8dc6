"""Quotas and metering across processes, one of which is killed: small here, in full in `chaos/faults/quotas.py`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from billing.clerk import real_time
from billing.domain import Metric
from billing.domain.metrics import month_after, month_of
from billing.domain.overriding import override
from billing.tests.askers import Asker, all_at_once, askers
from billing.tests.conftest import asked, customer
from billing.tests.files import five_times, overage, usage_file, verdicts
from config.tests.test_end_to_end import on_these_stores
from conftest import Api, TestTenant


@pytest.fixture(scope="module")
def processes(tenants: object) -> Iterator[Sequence[Asker]]:
    with askers(3, env=on_these_stores()) as made:
        yield made


def test_processes_share_a_quota_of_calls_exactly(processes: Sequence[Asker]) -> None:
    tenant = limited("free", Metric.API_CALLS, 40)
    told = all_at_once(processes, tenant, [(f"{n}", "GET", "todos/", None) for n in range(90)], clients=4)
    assert statuses(told) == {200: 40, 403: 50}


def test_a_file_that_processes_send_five_times_is_counted_and_billed_once(processes: Sequence[Asker]) -> None:
    tenant, month = limited("pro", Metric.RESPONSES, 0), month_of(real_time())
    told = all_at_once(processes, tenant, five_times(usage_file(300, "responses"), batch=60), clients=2)
    assert verdicts(told) == {"counted", "duplicate"}
    assert Api(tenant)("GET", f"usage/{month}/").json()["metrics"]["responses"]["used"] == 300
    assert overage(tenant.code, now=month_after(month_of(month_after(month)))) == {"responses": 300}


def test_processes_at_a_hard_limit_make_exactly_so_many_though_one_is_killed(processes: Sequence[Asker]) -> None:
    tenant = limited("free", Metric.PROJECTS, 10)
    told = all_at_once(processes, tenant, [product(n) for n in range(90)], clients=6, lives=[5])
    assert statuses(told) == {201: 10, 403: 80}
    api = Api(tenant)
    api.drain()
    assert len(api("GET", "products/?limit=100").json()["results"]) == 10
    assert api("GET", "usage/").json()["metrics"]["projects"]["used"] == 10


def limited(plan: str, metric: Metric, most: int) -> TestTenant:
    """A tenant on that plan, with another limit."""
    tenant = customer(plan)
    asked(tenant, override, metric=metric, most=most, reason="a test")
    return tenant


def product(number: int) -> tuple[str, str, str, Any]:
    """The request that makes one."""
    body = {"sku": f"S-{number}", "name": "Tea", "price": {"amount": 100, "currency": "USD"}}
    return f"product-{number}", "POST", "products/", body


def statuses(told: dict[str, tuple[int, Any]]) -> Counter[int]:
    return Counter(status for status, _ in told.values())
