"""A tenant's first subscription: made with it, all or nothing."""

from uuid import uuid4

import pytest

from billing.clerk import subscription_of
from billing.domain import Status
from billing.plans.catalogue import UnknownPlan
from conftest import TestTenant
from cqrs.domain import NotFound
from tenants.models import Tenant, User
from tenants.provisioning import Wanted, claim, provision


def wanted(**more: str) -> Wanted:
    return Wanted(code=f"bill-{uuid4().hex[:10]}", name="Umbrella", **more)


def owner(code: str) -> User:
    return User(email=f"{code}@umbrella.example")


def test_a_new_tenant_tries_the_usual_plan_for_two_weeks(tenants: dict[str, TestTenant]) -> None:
    new = wanted(time_zone="Europe/Berlin")
    claim(new, owner=owner(new.code))
    made = subscription_of(new.code)
    assert (made.state.status, made.state.plan.code, made.state.zone) == (Status.TRIAL, "pro", "Europe/Berlin")
    assert (made.state.current_period.seconds, made.fact, made.code) == (14 * 86400, "subscribed", "current")
    assert made.by.startswith("user:")


def test_an_unknown_plan_makes_no_tenant(tenants: dict[str, TestTenant]) -> None:
    new = wanted(plan="gigantic")
    with pytest.raises(UnknownPlan):
        claim(new, owner=owner(new.code))
    assert not Tenant.objects.filter(code=new.code).exists()
    with pytest.raises(NotFound):
        subscription_of(new.code)


def test_what_a_broken_sign_up_left_is_started_over(
    tenants: dict[str, TestTenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants import hooks  # noqa: PLC0415

    def breaks(_: hooks.Provisioned) -> None:
        raise ConnectionError("Postgres went away before it committed")

    new = wanted(plan="free")
    monkeypatch.setattr(hooks, "_handlers", [*hooks._handlers, breaks])
    with pytest.raises(ConnectionError):
        claim(new, owner=owner(new.code))
    assert not Tenant.objects.filter(code=new.code).exists()
    monkeypatch.undo()
    provision(new.code, name="Second try", owner_email=f"{new.code}@umbrella.example", plan="business")
    made = subscription_of(new.code)
    assert (made.state.plan.code, made.version, made.fact) == ("business", 2, "started_over")
