"""Runs: whatever is due is done once, however often, however late, whoever is killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.clerk import real_time, subscription_of
from billing.domain import Metric, Status
from billing.domain.invoice import pay
from billing.domain.overriding import override
from billing.plans.catalogue import terms, version_of
from billing.runs import run, turn
from billing.tests.conftest import asked, customer, of_invoice
from billing.tests.test_api import faults
from conftest import Api, TestTenant


def facts(api: Api, type: str) -> list[str]:
    api.drain()
    found = api("GET", "events/?limit=100").json()["results"]
    return [each["type"].partition(".")[2] for each in found if each["type"].startswith(f"{type}.")]


def test_a_run_that_is_late_by_months_takes_each_step_and_two_at_once_take_each_once(payer: Api) -> None:
    now = real_time() + timedelta(days=14 + 70)
    with ThreadPoolExecutor(4) as pool:
        made = [len(each) for each in pool.map(lambda _: list(turn(payer.tenant.code, now=now)), range(4))]
    sub = subscription_of(payer.tenant.code).state
    noted = sub.bills  # a version each, in the transaction that bills
    assert sum(made) == subscription_of(payer.tenant.code).version - 1 - noted
    assert (sub.bills, sub.status) == (3, Status.ACTIVE)
    assert sub.current_period.start <= now < sub.current_period.end
    payer.drain()
    invoices = payer("GET", "invoices/?ordering=code").json()["results"]
    assert [each["code"][-6:] for each in invoices] == ["000001", "000002", "000003"]
    assert not list(turn(payer.tenant.code, now=now))
    assert not faults(payer.tenant.code)


def test_a_run_that_is_killed_between_two_steps_is_taken_on_by_the_next(payer: Api) -> None:
    now = real_time() + timedelta(days=14 + 70)
    steps = turn(payer.tenant.code, now=now)
    next(steps), next(steps)
    del steps  # and that was its end
    list(turn(payer.tenant.code, now=now))
    assert subscription_of(payer.tenant.code).state.bills == 3


def test_what_is_not_paid_is_past_due_and_paying_it_mends_that(payer: Api) -> None:
    ran = run(now=real_time() + timedelta(days=14), tenants=[payer.tenant.code])
    assert (ran.tenants, ran.failed) == (1, ())
    run(now=real_time() + timedelta(days=29), tenants=[payer.tenant.code])
    assert subscription_of(payer.tenant.code).state.status == Status.PAST_DUE
    payer.drain()
    [invoice] = payer("GET", "invoices/").json()["results"]
    of_invoice(payer.tenant, invoice["code"], pay)
    assert subscription_of(payer.tenant.code).state.status == Status.ACTIVE
    assert facts(payer, "subscription")[-2:] == ["fell_due", "settled"]


def test_a_quota_is_told_of_at_80_and_100_percent_once_and_when_it_is_resolved(tenants: object) -> None:
    api = Api(customer("free"))
    events = [{"specversion": "1.0", "id": str(n), "source": "s", "type": "responses"} for n in range(4)]

    def used(number: int, most: int) -> list[str]:
        asked(api.tenant, override, metric=Metric.RESPONSES, most=most, reason=f"to {most}")
        api("POST", "usage/events/", events[:number])
        for _ in range(2):
            run(now=real_time(), tenants=[api.tenant.code])
        return facts(api, "quota")

    assert used(3, 4) == []
    assert used(4, 5) == ["warned"]
    assert used(4, 4) == ["warned", "exhausted"]
    assert used(4, 100) == ["warned", "exhausted", "resolved"]
    assert used(4, 4)[3:] == ["warned_again", "exhausted"]


def test_the_command_says_what_it_did_and_knows_times_and_tenants(payer: Api, acme: TestTenant) -> None:
    out, code = StringIO(), payer.tenant.code
    later = f"{real_time() + timedelta(days=20):%Y-%m-%dT%H:%M:%SZ}"
    call_command("run_billing", f"--tenant={code}", f"--now={later}", stdout=out)
    assert out.getvalue().startswith("1 subscriptions looked at, ")
    assert subscription_of(code).state.status == Status.ACTIVE
    for wrong in ("--tenant=nobody", "--now=soon"):
        with pytest.raises(CommandError):
            call_command("run_billing", wrong)


def test_a_subscription_pins_its_plan_whole(payer: Api) -> None:
    assert subscription_of(payer.tenant.code).state.plan == terms(version_of("pro", 1))
