"""Billing over HTTP: anonymous first, another tenant second."""

from typing import Any
from uuid import uuid4

import pytest

from billing.clerk import subscription_of
from billing.domain.invoice import NotOpen, ReasonRequired, TooMuchCredit, credit, pay, void
from billing.plans import catalogue
from billing.plans.models import PlanVersion
from billing.tests.conftest import of_invoice, until
from conftest import Api, TestTenant
from cqrs.verify import verify

PATHS = ["plans/", "subscription/", "invoices/", "invoices/preview/", "usage/", "usage/2026-11/"]


def key() -> str:
    return uuid4().hex


def quote(api: Api, plan: str, **more: Any) -> Any:
    answer = api("POST", "subscription/quote/", {"plan": plan} | more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def confirmed(api: Api, quoted: Any, **headers: str) -> Any:
    headers.setdefault("idempotency_key", key())
    return api("POST", "subscription/change_plan/", {"quote": quoted["id"]}, **headers)


def running(payer: Api) -> Any:
    """Its trial is over, and its first invoice is there."""
    sub = until(payer.tenant, subscription_of(payer.tenant.code).state.current_period.end)
    payer.drain()
    return sub


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, path: str) -> None:
    for method in ("GET", "POST"):
        assert Api(acme, key=None)(method, path, {}).status_code in (401, 405)


@pytest.mark.parametrize("path", PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, path: str) -> None:
    assert Api(acme, key=globex.key)("GET", path).status_code == 401


def test_another_tenants_invoice_and_quote_are_not_there(payer: Api, globex: TestTenant) -> None:
    running(payer)
    [invoice] = payer("GET", "invoices/").json()["results"]
    other, quoted = Api(globex), quote(payer, "business")
    assert other("GET", f"invoices/{invoice['id']}/").status_code == 404
    answer = confirmed(other, quoted)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_quote")


def test_the_catalogue_has_what_is_published(api: Api) -> None:
    plans = {each["code"]: each for each in api("GET", "plans/").json()["results"]}
    assert list(plans)[:3] == ["free", "pro", "business"]
    assert plans["pro"]["prices"]["monthly"] == {"amount": 2900, "currency": "USD"}
    assert (plans["free"]["limits"]["max_users"], plans["pro"]["limits"]["max_users"]) == (3, None)
    assert plans["free"]["enforcement"]["max_orders"]["grace_percent"] == 10
    assert api("GET", "plans/pro/").json() == plans["pro"]
    assert api("GET", "plans/none/").status_code == 404


def test_a_new_tenant_has_a_trial(payer: Api) -> None:
    payer.drain()
    sub = payer("GET", "subscription/").json()
    assert (sub["plan"], sub["plan_version"], sub["billing_cycle"], sub["status"]) == ("pro", 1, "monthly", "trial")
    assert sub["trial_ends_at"] == sub["current_period"]["end"]
    assert (sub["code"], sub["version"], sub["cancel_at_period_end"]) == ("current", 1, False)
    preview = payer("GET", "invoices/preview/").json()
    assert (preview["total"], preview["issued_at"]) == ({"amount": 2900, "currency": "USD"}, sub["trial_ends_at"])
    assert payer("GET", "subscription/history/").json()["results"][0]["fact"] == "subscribed"
    assert payer("POST", "subscription/", {}).status_code == 405


def test_a_quote_is_what_the_change_bills(payer: Api) -> None:
    running(payer)
    quoted = quote(payer, "business")
    kinds = [line["kind"] for line in quoted["lines"]]
    assert (kinds, quoted["breaches"], quoted["amount"]["amount"]) == (["proration", "proration"], [], 7000)
    assert quoted["lines"][1]["proration"]["price"] == 9900
    answer = confirmed(payer, quoted, prefer="wait=2")
    assert (answer.status_code, answer.json()["plan"]) == (200, "business")
    payer.drain()
    [invoice, first] = payer("GET", "invoices/").json()["results"]
    assert (invoice["total"], invoice["status"]) == (quoted["amount"], "open")
    assert invoice["code"] == f"INV-{invoice['issued_at'][:4]}-000002"
    assert first["code"].endswith("-000001")
    [fact] = payer("GET", invoice["lines"][0]["explain"].removeprefix("/api/v1/")).json()["results"]
    assert (fact["fact"], fact["by"]) == ("plan_changed", f"key:{payer.tenant.key.split('_')[1]}")


def test_a_stale_quote_is_refused_with_the_new_one(payer: Api) -> None:
    running(payer)
    old, other = quote(payer, "business"), quote(payer, "business", billing_cycle="yearly")
    assert confirmed(payer, other).status_code == 200
    refused = confirmed(payer, old)
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_quote")
    assert refused.json()["quote"]["breaches"] == []
    assert confirmed(payer, refused.json()["quote"]).status_code == 200
    assert subscription_of(payer.tenant.code).state.billing_cycle == "monthly"


def test_a_change_is_made_once_under_its_key_and_needs_one(payer: Api) -> None:
    running(payer)
    quoted, once = quote(payer, "business"), key()
    bare = payer("PATCH", "subscription/plan/", {"quote": quoted["id"]})
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency_key_required")
    answers = [payer("PATCH", "subscription/plan/", {"quote": quoted["id"]}, idempotency_key=once) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert subscription_of(payer.tenant.code).state.bills == 2


def test_a_downgrade_waits_for_the_end_of_the_period(payer: Api) -> None:
    sub = running(payer)
    quoted = quote(payer, "free", at_period_end=True)
    assert (quoted["amount"]["amount"], quoted["lines"]) == (0, [])
    assert quoted["effective_at"] == f"{sub.current_period.end:%Y-%m-%dT%H:%M:%SZ}"
    assert confirmed(payer, quoted).json()["scheduled"]["plan"] == "free"
    assert payer("GET", "invoices/preview/").json()["total"]["amount"] == 0
    after = until(payer.tenant, sub.current_period.end)
    assert after is not None
    assert (after.plan.code, after.bills, after.scheduled) == ("free", 1, None)


def test_it_is_cancelled_and_resumed(payer: Api) -> None:
    assert payer("POST", "subscription/cancel/", {}).status_code == 428
    asked = payer("POST", "subscription/cancel/", {"reason": "too dear"}, if_match="*").json()
    assert (asked["cancel_at_period_end"], asked["cancel_reason"], asked["status"]) == (True, "too dear", "trial")
    assert payer("GET", "invoices/preview/").json()["lines"] == []
    assert payer("POST", "subscription/resume/", {}, if_match="*").json()["cancel_at_period_end"] is False
    now = payer("POST", "subscription/cancel/", {"at_period_end": False}, if_match="*").json()
    assert (now["status"], now["ended_at"] is not None) == ("cancelled", True)
    refused = payer("POST", "subscription/quote/", {"plan": "business"})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_running")
    assert payer("POST", "subscription/resume/", {}, if_match="*").json()["status"] == "trial"


def test_an_invoice_is_paid_credited_and_its_credit_pays_the_next(payer: Api) -> None:
    sub = running(payer)
    [invoice] = payer("GET", "invoices/?status=open").json()["results"]
    assert (invoice["total"]["amount"], invoice["lines"][0]["kind"]) == (2900, "base")
    code = invoice["code"]
    of_invoice(payer.tenant, code, pay, reference="TX-1")
    paid = payer("GET", f"invoices/{code}/?consistent=true").json()
    assert (paid["status"], paid["payment_method"], paid["payment_reference"]) == ("paid", "manual", "TX-1")
    assert subscription_of(payer.tenant.code).state.owing == ()
    with pytest.raises(NotOpen):
        of_invoice(payer.tenant, code, void, reason="x")
    of_invoice(payer.tenant, code, credit, amount=1000, reason="an outage")
    with pytest.raises(TooMuchCredit) as much:
        of_invoice(payer.tenant, code, credit, amount=1901, reason="an outage")
    assert much.value.fields["limit"] == 1900
    payer.drain()
    [note] = payer("GET", "invoices/?kind=credit_note").json()["results"]
    assert (note["total"]["amount"], note["corrects"], note["status"]) == (-1000, invoice["code"], "settled")
    assert payer("GET", "invoices/preview/").json()["total"]["amount"] == 1900
    until(payer.tenant, sub.current_period.end)
    payer.drain()
    assert payer("GET", "invoices/").json()["results"][0]["total"]["amount"] == 1900
    assert not list(faults(payer.tenant.code))


def test_an_open_invoice_is_made_void_and_owed_no_more(payer: Api) -> None:
    running(payer)
    [invoice] = payer("GET", "invoices/").json()["results"]
    with pytest.raises(ReasonRequired):
        of_invoice(payer.tenant, invoice["code"], void, reason="")
    assert of_invoice(payer.tenant, invoice["code"], void, reason="made in error").state.status == "void"
    assert subscription_of(payer.tenant.code).state.owing == ()


def test_a_viewer_and_a_key_for_reading_change_nothing(payer: Api, acme: TestTenant) -> None:
    made = payer("POST", "api-keys/", {"name": "r", "scopes": ["subscription:read", "plans:read"]}).json()
    reader = Api(payer.tenant, key=made["key"])
    assert reader("GET", "subscription/").status_code == 200
    assert reader("GET", "invoices/").status_code == 403
    assert reader("POST", "subscription/quote/", {"plan": "free"}).status_code == 403


def test_usage_says_what_is_used_and_what_is_left(payer: Api) -> None:
    told = payer("GET", "usage/").json()
    users, orders = told["metrics"]["users"], told["metrics"]["orders"]
    assert (users["used"], users["limit"], users["resets_at"]) == (1, None, None)
    assert (orders["used"], orders["forecast"]) == (0, 0)
    assert orders["resets_at"].endswith("-01T00:00:00Z")
    assert payer("GET", f"usage/{told['month']}/").json()["metrics"].keys() == told["metrics"].keys()
    assert payer("GET", "usage/2026-13/").status_code == 404
    assert payer("GET", f"usage/{told['month']}/nothing/").status_code == 404


def test_a_published_plan_stays_and_its_next_version_takes_its_place(tenants: object) -> None:
    code = f"p{uuid4().hex[:10]}"
    row = PlanVersion.objects.create(code=code, name="Trial balloon", monthly=100, yearly=1000, position=99)
    row = catalogue.publish(row, by="staff:1", reason="for the test")
    with pytest.raises(Exception, match="was published"):
        PlanVersion.objects.filter(pk=row.pk).update(monthly=1)
    draft = catalogue.draft_next(row, by="staff:1", reason="dearer")
    assert (draft.version, draft.state, draft.monthly) == (2, "draft", 100)
    assert catalogue.draft_next(row, by="staff:1", reason="again").pk == draft.pk
    catalogue.publish(draft, by="staff:1", reason="dearer")
    assert catalogue.offered(code).version == 2
    assert catalogue.version_of(code, 1).state == "retired"
    catalogue.retire(draft, by="staff:1", reason="gone")
    with pytest.raises(catalogue.UnknownPlan):
        catalogue.offered(code)


def faults(tenant: str) -> Any:
    from cqrs.dynamodb.store import store  # noqa: PLC0415
    from cqrs.dynamodb.stream import DynamoSource  # noqa: PLC0415

    return [each for each in verify([tenant], source=DynamoSource(), store=store()) if each.is_fault]
