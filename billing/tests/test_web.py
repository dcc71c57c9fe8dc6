"""Billing's pages: anonymous first, another tenant second."""

import re
from typing import Any

import pytest
from django.test import Client

from billing.clerk import subscription_of
from billing.domain import Metric
from billing.domain.invoice import pay
from billing.domain.overriding import override
from billing.measured import GB, storage_of
from billing.tests.conftest import asked, of_invoice, until
from conftest import Api, TestTenant
from tenants.tests.browsers import browser, signed_in

PAGES = ("", "change/", "usage/", "invoices/")


@pytest.fixture
def owner(payer: Api) -> Client:
    """The owner of a tenant whose trial is over, in a browser."""
    until(payer.tenant, subscription_of(payer.tenant.code).state.current_period.end)
    payer.drain()
    return signed_in(payer.tenant.host, payer.tenant.owner, payer.tenant.password)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.content.decode()))


def test_anonymous_is_asked_to_sign_in(acme: TestTenant) -> None:
    for page in PAGES:
        answer = browser(acme.host).get(f"/billing/{page}")
        assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)


def test_another_tenants_invoice_is_not_there(owner: Client, acme: TestTenant) -> None:
    other = signed_in(acme.host, acme.owner, acme.password)
    assert other.get("/billing/invoices/INV-1999-000001/").status_code == 404


def test_a_viewer_looks_and_changes_nothing(acme: TestTenant) -> None:
    viewer = signed_in(acme.host, acme.viewer, acme.password)
    assert "Change plan" not in text(viewer.get("/billing/"))
    assert viewer.get("/billing/change/").status_code == 403
    assert viewer.post("/billing/cancel/").status_code == 403


def test_a_plan_is_looked_at_quoted_and_changed(owner: Client, payer: Api) -> None:
    asked(payer.tenant, override, metric=Metric.PROJECTS, most=10, reason="a test")
    page = text(owner.get("/billing/"))
    assert "Pro" in page
    assert "Products for sale 0 of 10" in page
    quote = owner.get("/billing/change/?plan=business&billing_cycle=monthly")
    assert "$70.00 now" in text(quote)
    assert "From then on, monthly$99.00" in text(quote)
    found = dict(re.findall(r'name="(quote|once)" value="([^"]*)"', quote.content.decode()))
    for _ in range(2):  # the form is sent twice
        assert owner.post("/billing/change/", found)["Location"] == "/billing/"
    assert subscription_of(payer.tenant.code).state.bills == 2
    again = owner.post("/billing/change/", found | {"once": "another form"})
    assert "plan=business" in again["Location"]  # where the new quote is
    payer.drain()
    assert "Business" in text(owner.get("/billing/"))
    assert owner.get("/billing/change/?plan=none").status_code == 422


def test_an_invoice_is_read_and_says_how_it_is_paid(owner: Client, payer: Api) -> None:
    page = owner.get("/billing/invoices/")
    [code] = set(re.findall(r"INV-\d{4}-\d{6}", page.content.decode()))
    assert "$29.00" in text(page)
    invoice = text(owner.get(f"/billing/invoices/{code}/"))
    assert "Pro, monthly" in invoice
    assert re.search(r"Issued\s?\d{1,2} [A-Z][a-z]{2} 20\d\d, \d\d:\d\d", invoice), "a document says the year"
    assert "The facts behind it" in invoice
    behind = text(owner.get(f"/billing/invoices/{code}/lines/1/"))
    assert "activated, Pro, monthly" in behind
    assert owner.get(f"/billing/invoices/{code}/lines/9/").status_code == 404
    assert re.search(rf"Transfer \$29\.00 by .* with {code} as the reference", invoice)
    assert "Mark as paid" not in invoice
    for rule in ("pay", "void", "credit"):
        assert owner.post(f"/billing/invoices/{code}/{rule}/", {"reference": "TX-7"}).status_code == 403
    assert subscription_of(payer.tenant.code).state.owing
    of_invoice(payer.tenant, code, pay, reference="TX-7")
    paid = text(owner.get(f"/billing/invoices/{code}/"))
    assert "TX-7" in paid
    assert "Transfer" not in paid


def test_what_is_past_due_is_said_on_every_page_to_whoever_can_pay(owner: Client, payer: Api) -> None:
    until(payer.tenant, subscription_of(payer.tenant.code).state.owing[0].due_at)
    payer.drain()
    assert "An invoice is past due" in text(owner.get("/todos/"))
    assert "Unless it is paid, the subscription expires on" in text(owner.get("/billing/"))
    assert 0 < storage_of(payer.tenant.code) < GB


def test_it_is_cancelled_and_resumed_and_usage_has_its_days(owner: Client) -> None:
    assert owner.post("/billing/cancel/", {"reason": "too dear"})["Location"] == "/billing/"
    assert "It is cancelled" in text(owner.get("/billing/"))
    owner.post("/billing/resume/")
    assert "It is cancelled" not in text(owner.get("/billing/"))
    assert "Orders a day" in text(owner.get("/billing/usage/"))
