"""Tenants of these tests' own, on one plan or another: what is done to them, acme's and globex's tests never see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from billing.clerk import SK, writer_of
from billing.domain import INVOICE, SUBSCRIPTION, Subscription
from billing.domain.invoice import Invoice
from billing.runs import turn
from conftest import PASSWORD, Api, TestTenant
from cqrs.domain import Version
from tenants.keys import create_key
from tenants.provisioning import host_for, provision


def customer(plan: str = "") -> TestTenant:
    """A new tenant on a trial of that plan, with a key that may do everything."""
    code = f"cust-{uuid4().hex[:10]}"
    tenant = provision(code, name=code, owner_email=f"owner@{code}.example", password=PASSWORD, plan=plan)
    _, key = create_key(tenant, name="tests", scopes=frozenset({"*"}))
    people = f"owner@{code}.example", f"viewer@{code}.example", PASSWORD
    return TestTenant(code, host_for(code), tenant.schema_name, *people, key)


def asked(tenant: TestTenant, rule: Callable[..., Subscription], **args: Any) -> Version[Subscription]:
    """The subscription, after staff asked this rule of it."""
    return writer_of(tenant.code, by="staff:1", source="tests").send(SUBSCRIPTION.ref(SK).ask(rule, **args)).version


def of_invoice(tenant: TestTenant, code: str, rule: Callable[..., Invoice], **args: Any) -> Version[Invoice]:
    """The invoice, after staff asked this rule of it."""
    command = INVOICE.ref(INVOICE.sk_of(code)).ask(rule, **args)
    return writer_of(tenant.code, by="staff:1", source="tests").send(command).version


def until(tenant: TestTenant, now: datetime) -> Subscription | None:
    """The subscription at a later time; None where nothing was due."""
    facts = list(turn(tenant.code, now=now))
    return facts[-1].state if facts else None


@pytest.fixture
def payer(tenants: dict[str, TestTenant]) -> Api:
    """The API of a new tenant on a trial of pro."""
    return Api(customer("pro"))
