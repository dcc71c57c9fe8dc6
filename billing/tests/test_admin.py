"""Staff see subscriptions and invoices; each button is a command in their name, with a reason."""

from django.conf import settings
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client

from billing.clerk import subscription_of
from billing.domain import Metric, Status
from billing.plans.models import Standing
from billing.tasks import run_requested as _of_billing  # noqa: F401  # a worker imports all tasks
from billing.tests.conftest import until
from conftest import Api
from cqrs.jobs.models import Job
from cqrs.jobs.requests import request_job
from cqrs.jobs.tasks import run_requested
from face.models import AuditLine
from orders.tests.test_admin import press
from tenants.models import User
from tenants.tests.browsers import browser, in_session, signed_in


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
    assert "required" in press(staff, page, "pay", reason="")
    press(staff, page, "pay", times=2, reason="TX-9")
    press(staff, page, "credit", times=2, amount="900", reason="an outage")
    assert subscription_of(code).state.credit == 900
    standing = Standing.objects.get(tenant__code=code)
    assert (standing.status, standing.plan, standing.plan_version, standing.monthly) == ("active", "pro", 1, 2900)
    found = staff.get(f"/admin/plans/standing/?status=active&q={code}").content.decode()
    assert "$29.00" in found
    request_job("billing", by=f"staff:{person.pk}", reason="the month is over")
    run_requested()
    job = Job.objects.filter(kind="billing", by=f"staff:{person.pk}").get()
    assert (job.state, job.reason, job.done) == ("done", "the month is over", job.total)
    assert "facts made, 0 failed" in job.message


def test_what_staff_did_of_an_invoice_is_theirs_and_takes_the_right_alone(payer: Api) -> None:
    code = payer.tenant.code
    until(payer.tenant, subscription_of(code).state.current_period.end)
    payer.drain()
    [invoice] = payer("GET", "invoices/").json()["results"]
    person = User.objects.create_user(f"{code}@tenfold.example", is_staff=True)
    of = {"content_type__app_label": "billing"}
    person.user_permissions.add(*Permission.objects.filter(codename__in=["void_invoicerow", "view_invoicerow"], **of))
    staff = in_session(settings.PUBLIC_HOST, person)
    staff.get(f"/admin/billing/invoicerow/?tenant={code}")
    page = f"/admin/billing/invoicerow/{quote(invoice['id'].replace('~', '#'))}/"
    shown = staff.get(f"{page}change/").text
    assert ("Make void" in shown, "Mark as paid" in shown, "Give back" in shown) == (True, False, False)
    for other in ("pay", "credit"):
        assert staff.post(f"{page}{other}/", {"_form_submitted": "on", "reason": "x"}).status_code == 403
    press(staff, f"{page}change/", "void", reason="sent twice")
    [last] = payer("GET", f"invoices/{invoice['code']}/history/?after=1").json()["results"]
    assert (last["fact"], last["by"], last["args"]["reason"]) == ("voided", f"staff:{person.pk}", "sent twice")
    line = AuditLine.objects.get(tenant_code=code, action="invoice.voided")
    assert (line.by, line.subject, line.reason) == (f"staff:{person.pk}", invoice["code"], "sent twice")


def test_staff_number_a_tenants_invoices_otherwise(payer: Api) -> None:
    code = payer.tenant.code
    person = User.objects.create_superuser(f"number@{code}.example")
    staff = in_session(settings.PUBLIC_HOST, person)
    payer.drain()
    staff.get(f"/admin/billing/subscriptionrow/?tenant={code}")
    page = f"/admin/billing/subscriptionrow/{quote(f'SUBSCRIPTION#{code}#SUBSCRIPTION#current')}/change/"
    refused = press(staff, page, "number_invoices", format="INV", rotation="none", reason="a wish")
    assert "Without the field no, codes would come twice." in refused
    assert payer("GET", "sequences/invoice/").json()["format"] == "INV-%%year%%-%%no#:0>6%%"
    press(staff, page, "number_invoices", format="%%no#:0>4%%", rotation="none", prefix="C7-", reason="a wish")
    until(payer.tenant, subscription_of(code).state.current_period.end)
    payer.drain()
    [invoice] = payer("GET", "invoices/").json()["results"]
    assert invoice["code"] == "C7-0001"
    line = AuditLine.objects.get(tenant_code=code, action="sequence.set")
    assert (line.by, line.subject, line.reason) == (f"staff:{person.pk}", "invoice", "a wish")
