"""Staff see subscriptions and invoices; each button is a command in their name, with a reason."""

from django.conf import settings
from django.contrib.admin.utils import quote
from django.test import Client

from billing.clerk import subscription_of
from billing.domain import Metric, Status
from billing.plans.models import Standing
from billing.tasks import run_billing
from conftest import Api
from cqrs.jobs.models import Job
from orders.tests.test_admin import press
from tenants.models import User
from tenants.tests.browsers import browser, signed_in


def test_limits_are_overridden_a_period_is_turned_and_an_invoice_paid_and_given_back(payer: Api) -> None:
    code = payer.tenant.code
    person = User.objects.create_superuser(f"bill@{code}.example", payer.tenant.password)
    staff: Client = signed_in(settings.PUBLIC_HOST, person.email, payer.tenant.password)
    assert browser(settings.PUBLIC_HOST).get("/admin/billing/invoicerow/")["Location"].startswith("/admin/login/")
    payer.drain()
    staff.get(f"/admin/billing/subscriptionrow/?tenant={code}")
    page = f"/admin/billing/subscriptionrow/{quote(f'SUBSCRIPTION#{code}#SUBSCRIPTION#current')}/change/"
    assert "required" in press(staff, page, "override", metric="orders", most="5", reason="")
    press(staff, page, "override", metric="orders", most="5", reason="a pilot")
    [override] = subscription_of(code).state.overrides
    assert (override.metric, override.most, override.reason) == (Metric.ORDERS, 5, "a pilot")
    press(staff, page, "lift", metric="orders", reason="it is over")
    press(staff, page, "next_period", reason="to show it")
    made = subscription_of(code)
    assert (made.state.status, made.state.overrides, made.by) == (Status.ACTIVE, (), f"staff:{person.pk}")
    payer.drain()
    [invoice] = payer("GET", "invoices/").json()["results"]
    page = f"/admin/billing/invoicerow/{quote(invoice['id'].replace('~', '#'))}/change/"
    press(staff, page, "pay", reason="TX-9")
    press(staff, page, "credit", amount="900", reason="an outage")
    assert subscription_of(code).state.credit == 900
    standing = Standing.objects.get(tenant__code=code)
    assert (standing.status, standing.plan, standing.plan_version, standing.monthly) == ("active", "pro", 1, 2900)
    found = staff.get(f"/admin/plans/standing/?status=active&q={code}").content.decode()
    assert "$29.00" in found
    run_billing(by=f"staff:{person.pk}", reason="the month is over")
    job = Job.objects.filter(kind="billing", by=f"staff:{person.pk}").get()
    assert (job.state, job.reason, job.done) == ("done", "the month is over", job.total)
    assert "facts made, 0 failed" in job.message
