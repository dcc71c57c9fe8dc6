"""Quotas, decided inside the write; API calls, exact without a write for each; usage events, counted once."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from billing.clerk import real_time, writer_of
from billing.domain import CALLS, QUOTA, Metric
from billing.domain.metrics import key_of, month_of, shifted
from billing.domain.overriding import lift_override, override
from billing.intake import take_in
from billing.metering import Meter, block
from billing.tests.conftest import asked, customer, until
from billing.tests.test_api import faults
from conftest import Api
from cqrs.domain import QuotaExceeded
from cqrs.dynamodb.erasure import erase
from cqrs.dynamodb.store import store
from cqrs.log import Log
from tenants.models import Membership, Tenant, User
from tenants.principal import Role

MONTH = month_of(real_time())


@pytest.fixture(scope="module")
def free(tenants: object, django_db_blocker: Any) -> Api:
    """The API of a tenant on the free plan, which these tests share."""
    return Api(customer("free"))


def limited(api: Api, metric: Metric, most: int | None, **more: Any) -> None:
    asked(api.tenant, override, metric=metric, most=most, reason="a test", **more)


def product(api: Api) -> Any:
    body = {"sku": f"S-{uuid4().hex[:12]}", "name": "Tea", "price": {"amount": 100, "currency": "USD"}}
    return api("POST", "products/", body)


def at_once(do: Callable[[int], Any], times: int, *, threads: int = 12) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(do, range(times)))


def event(**fields: Any) -> dict[str, Any]:
    made = {"specversion": "1.0", "id": uuid4().hex, "source": "gateway", "type": "api_calls"}
    return made | fields


def sent(api: Api, body: object) -> list[str]:
    answer = api("POST", "usage/events/", body)
    assert answer.status_code == 200, answer.content
    return [each["result"] for each in answer.json()["results"]]


def test_anonymous_and_another_tenants_key_report_nothing(free: Api, globex: Any) -> None:
    for key in (None, globex.key):
        assert Api(free.tenant, key=key)("POST", "usage/events/", event()).status_code == 401


def test_parallel_creates_at_a_hard_limit_leave_exactly_so_many(tenants: object) -> None:
    api = Api(customer("free"))
    limited(api, Metric.PROJECTS, 10)
    answers = at_once(lambda _: product(api), 60)
    assert Counter(each.status_code for each in answers) == {201: 10, 403: 50}
    refused = next(each.json() for each in answers if each.status_code == 403)
    told = {name: refused[name] for name in ("code", "metric", "used", "limit", "resets_at")}
    assert told == {"code": "quota_exceeded", "metric": "projects", "used": 10, "limit": 10, "resets_at": None}
    assert refused["upgrade_url"] == f"http://{api.tenant.host}/billing/change/"
    api.drain()
    sku = next(each.json()["code"] for each in answers if each.status_code == 201)
    assert api("POST", f"products/{sku}/retire/", {}, if_match="*").status_code == 200  # and there is room for one more
    assert [product(api).status_code for _ in range(2)] == [201, 403]
    usage = api("GET", "usage/").json()["metrics"]["projects"]
    assert (usage["used"], usage["limit"], usage["remaining"], usage["percent"]) == (10, 10, 0, 100)
    api.drain()
    assert len(api("GET", f"usage/{MONTH}/projects/").json()["results"]) == 12
    assert not faults(api.tenant.code)


def test_none_is_none_and_lifting_it_is_the_plans_again(free: Api) -> None:
    limited(free, Metric.PROJECTS, 0)
    assert product(free).json()["limit"] == 0
    limited(free, Metric.PROJECTS, None)
    assert product(free).status_code == 201
    asked(free.tenant, lift_override, metric=Metric.PROJECTS)
    assert free("GET", "usage/").json()["metrics"]["projects"]["limit"] == 100


def test_an_override_ends_by_itself(tenants: object) -> None:
    tenant = customer("pro")
    ends = real_time() + timedelta(hours=1)
    limited(Api(tenant), Metric.ORDERS, 0, expires_at=ends)
    held = Log(store(), tenant.code)
    assert held.counter(QUOTA, key_of(Metric.ORDERS, MONTH))["limit"] == 0
    after = until(tenant, ends)
    assert after is not None
    assert after.overrides == ()
    assert "limit" not in held.counter(QUOTA, key_of(Metric.ORDERS, MONTH))


def test_no_more_members_than_the_plan_has(tenants: object) -> None:
    api = Api(customer("free"))
    tenant = Tenant.objects.get(code=api.tenant.code)
    asked_in = api("POST", "invitations/", {"email": "a@b.example", "role": "viewer"})
    assert asked_in.status_code == 201
    for number in range(2):
        user = User.objects.create_user(f"{number}-{uuid4().hex}@b.example")
        Membership.objects.create(user=user, tenant=tenant, role=Role.VIEWER)
    refused = api("POST", "invitations/", {"email": "c@b.example", "role": "viewer"})
    assert (refused.status_code, refused.json()["metric"], refused.json()["used"]) == (403, "users", 3)


def test_many_takers_of_a_quota_get_exactly_so_many_calls(tenants: object) -> None:
    api = Api(customer("free"))
    limited(api, Metric.API_CALLS, 1000)
    meters = [Meter(every=1e6) for _ in range(8)]

    def takes(number: int) -> int:
        passed = 0
        try:
            while True:
                meters[number].take(api.tenant.code)
                passed += 1
        except QuotaExceeded:
            return passed

    assert sum(at_once(takes, 8, threads=8)) == 1000
    for meter in meters:
        meter.flush()
    tally = Log(store(), api.tenant.code).counter(CALLS, key_of(Metric.API_CALLS, MONTH))
    assert (tally["used"], tally["leased"]) == (1000, 1000)
    refused = api("GET", "todos/")
    assert (refused.status_code, refused.json()["code"], refused.json()["metric"]) == (
        403,
        "quota_exceeded",
        "api_calls",
    )
    assert api("GET", "usage/").json()["metrics"]["api_calls"]["used"] == 1000  # how much it is can still be asked
    limited(api, Metric.API_CALLS, 1002)
    assert [api("GET", "todos/").status_code for _ in range(3)] == [200, 200, 403]


def test_many_increments_at_once_are_all_counted(tenants: object) -> None:
    tenant, meters = customer("pro"), [Meter(every=1e6) for _ in range(8)]
    at_once(lambda number: meters[number % 8].take(tenant.code), 20_000, threads=16)
    for meter in meters:
        meter.flush()
    tally = Log(store(), tenant.code).counter(CALLS, key_of(Metric.API_CALLS, MONTH))
    assert (tally["used"], tally["leased"]) == (20_000, 20_000)


def test_what_was_borrowed_and_not_spent_is_given_back(tenants: object) -> None:
    tenant = customer("free")
    meter = Meter(every=1e6)
    for _ in range(3):
        meter.take(tenant.code)
    tally = Log(store(), tenant.code).counter(CALLS, key_of(Metric.API_CALLS, MONTH))
    assert tally["leased"] == 625  # a sixteenth of 10,000
    meter.flush()
    tally = Log(store(), tenant.code).counter(CALLS, key_of(Metric.API_CALLS, MONTH))
    assert (tally["leased"], tally["used"]) == (3, 3)


def test_what_was_spent_leaves_nothing_behind_of_a_tenant_that_has_ended(tenants: object) -> None:
    tenant, meter = customer("free"), Meter(every=1e6)
    meter.take(tenant.code)
    assert erase(tenant.code) > 0
    meter.flush()
    assert erase(tenant.code) == 0
    meter.flush()  # and it is not told once more


def test_blocks_get_smaller_towards_the_limit() -> None:
    assert [block(limit=1000, leased=leased) for leased in (0, 500, 990, 999, 1000, 1001)] == [62, 31, 1, 1, 0, 0]
    assert (block(limit=None, leased=10**9), block(limit=0, leased=0)) == (1000, 0)


def test_calls_pass_while_the_store_is_away_and_are_counted_when_it_is_back(tenants: object) -> None:
    from cqrs.domain import Unavailable  # noqa: PLC0415

    class Away:
        def counter(self, *_: str) -> Any:
            raise Unavailable

    tenant, there = customer("free"), [Away(), store()]
    meter = Meter(store=lambda: there[0], every=1e6)  # type: ignore[arg-type,return-value]
    for _ in range(5):
        meter.take(tenant.code)
    there.pop(0)
    meter.flush()
    tally = Log(store(), tenant.code).counter(CALLS, key_of(Metric.API_CALLS, MONTH))
    assert (tally["leased"], tally["used"]) == (5, 5)


def test_the_same_file_five_times_counts_once(free: Api) -> None:
    before = free("GET", "usage/").json()["metrics"]["responses"]["used"]
    file = [event(type="responses", data={"quantity": number + 1}) for number in range(120)]
    answers = [sent(free, file) for _ in range(5)]
    assert answers[0] == ["counted"] * 120
    assert all(each == ["duplicate"] * 120 for each in answers[1:])
    after = free("GET", "usage/").json()["metrics"]["responses"]["used"]
    assert after - before == 120 * 121 // 2


def test_the_same_events_at_once_count_once(free: Api) -> None:
    file = [event(type="usage.orders", source="at-once") for _ in range(30)]
    writer = writer_of(free.tenant.code, by="key:1", source="tests")
    told = at_once(lambda _: [each.result for each in take_in(file, writer=writer)], 4, threads=4)
    assert Counter(verdict for each in told for verdict in each) == {"counted": 30, "duplicate": 90}


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"type": "teleports"}, "unknown_metric"),
        ({"data": {"metric": "nothing"}}, "unknown_metric"),
        ({"data": {"quantity": -1}}, "rejected"),
        ({"data": {"quantity": 0}}, "rejected"),
        ({"data": {"quantity": 1.5}}, "rejected"),
        ({"data": {"quantity": "7"}}, "rejected"),
        ({"data": {"metric": "projects"}}, "rejected"),
        ({"time": "2999-01-01T00:00:00Z"}, "rejected"),
        ({"time": "2001-01-01T00:00:00Z"}, "rejected"),
        ({"time": "yesterday"}, "rejected"),
        ({"specversion": "0.3"}, "rejected"),
        ({"id": ""}, "rejected"),
        ({"time": f"{shifted(MONTH, -1)}-15T00:00:00Z"}, "late"),
        ({"type": "anything", "data": {"metric": "api_calls"}}, "counted"),
    ],
)
def test_each_event_has_its_verdict(free: Api, fields: dict[str, Any], result: str) -> None:
    assert sent(free, event(**fields)) == [result]


def test_a_batch_tells_each_apart(free: Api) -> None:
    good, other = event(), event()
    changed = good | {"data": {"quantity": 2}}
    assert sent(free, [good, good, changed, other, 7, None]) == [
        "counted", "duplicate", "rejected", "counted", "rejected", "rejected",
    ]  # fmt: skip
    assert sent(free, [changed, good]) == ["rejected", "duplicate"]
    assert sent(free, []) == []
    many = free("POST", "usage/events/", [event()] * 1001)
    assert (many.status_code, many.json()["code"]) == (422, "too_many_events")
    for body in (b"{", b"7", b'"x"', json.dumps(event(tenant="acme")).encode()):
        assert free("POST", "usage/events/", body).status_code == 400
    assert sent(free, [event(tenant="acme")]) == ["rejected"]
    batch = json.dumps([event()]).encode()
    assert free("POST", "usage/events/", batch, content_type="application/cloudevents-batch+json").status_code == 200


def test_what_others_report_is_used_too(free: Api) -> None:
    path = f"usage/{MONTH}/"
    before = free("GET", path).json()["metrics"]["api_calls"]["used"]
    sent(free, event(data={"quantity": 40}))
    assert free("GET", path).json()["metrics"]["api_calls"]["used"] == before + 40
    assert datetime.now(UTC) < datetime.fromisoformat(free("GET", path).json()["metrics"]["api_calls"]["resets_at"])
