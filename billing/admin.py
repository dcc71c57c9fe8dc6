"""Staff's view of subscriptions, quotas and invoices. Every button sends a command, as that member of staff, with a
reason.

A little past the usual length: one class for each list that staff see, and nothing else.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from billing.clerk import SK, subscription_of, writer_of
from billing.domain import INVOICE, SUBSCRIPTION, Metric
from billing.domain.invoice import credit, pay, void
from billing.domain.overriding import lift_override, override
from billing.models import InvoiceRow, SubscriptionRow
from billing.overview import note_standing
from billing.runs import turn
from cqrs.domain import Command, Refused
from face.admin import ReasonForm, TenantAdmin, button, staff_id

METRICS = [(metric.value, metric.replace("_", " ")) for metric in Metric]


class OverrideForm(ReasonForm):
    """Another limit: of what, how much, until when, and why."""

    metric = forms.ChoiceField(choices=METRICS, widget=UnfoldAdminSelectWidget)
    most = forms.IntegerField(
        required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty is without limit."
    )
    expires_at = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Empty is until it is lifted."
    )
    field_order = ("metric", "most", "expires_at", "reason")


class LiftForm(ReasonForm):
    """Which override ends, and why."""

    metric = forms.ChoiceField(choices=METRICS, widget=UnfoldAdminSelectWidget)
    field_order = ("metric", "reason")


class CreditForm(ReasonForm):
    """How much is given back, and why."""

    amount = forms.IntegerField(min_value=1, widget=UnfoldAdminIntegerFieldWidget, help_text="In minor units.")
    field_order = ("amount", "reason")


def _dialog(title: str, description: str, form: type[ReasonForm] = ReasonForm) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": form}


OVERRIDE = _dialog("Override a limit", "It applies from the next write on, whatever the plan says.", OverrideForm)
LIFT = _dialog("Lift an override", "The plan's limit applies again.", LiftForm)
TURN = _dialog("Next period", "Everything happens now that would be due by the end of the running period.")
PAY = _dialog("Mark as paid", "The money has been seen. The reason is kept as the payment's reference.")
VOID = _dialog("Make void", "It was made in error, and nobody has to pay it. Its number stays.")
CREDIT = _dialog("Give back", "A credit note is made, and the next invoices are paid from it.", CreditForm)


@admin.register(SubscriptionRow)
class SubscriptionAdmin(TenantAdmin):
    """What a tenant has, its limits and who changed them."""

    list_display = ("plan", "plan_version", "billing_cycle", "status", "trial_ends_at", "version", "updated_at")
    actions_detail = ("override", "lift", "next_period")

    @button("Override a limit", right="billing.override_subscriptionrow", icon="tune", dialog=OVERRIDE)
    def override(self, request: HttpRequest, form: OverrideForm, object_id: str) -> HttpResponse:
        """Another limit than the plan's."""
        given = form.cleaned_data
        args = {name: given[name] for name in ("most", "reason", "expires_at")}
        command = SUBSCRIPTION.ref(SK).ask(override, metric=Metric(given["metric"]), **args)
        return _sent(request, object_id, command)

    @button("Lift an override", right="billing.lift_override_subscriptionrow", icon="undo", dialog=LIFT)
    def lift(self, request: HttpRequest, form: LiftForm, object_id: str) -> HttpResponse:
        """The plan's limit again."""
        command = SUBSCRIPTION.ref(SK).ask(lift_override, metric=Metric(form.cleaned_data["metric"]))
        return _sent(request, object_id, command, reason=form.cleaned_data["reason"])

    @button("Next period", right="billing.turn_subscriptionrow", icon="fast_forward", dialog=TURN)
    def next_period(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Run its billing as if the period were over."""
        tenant, source = _tenant(object_id), f"admin: {form.cleaned_data['reason']}"
        ends: datetime = subscription_of(tenant).state.current_period.end
        facts = [made.fact for made in turn(tenant, now=ends, by=staff_id(request), source=source)]
        note_standing(subscription_of(tenant))
        messages.success(request, f"Done: {', '.join(facts) or 'nothing was due'}.")
        return _back(SubscriptionRow, object_id)


@admin.register(InvoiceRow)
class InvoiceAdmin(TenantAdmin):
    """A tenant's invoices and credit notes."""

    list_display = ("code", "kind", "status", "total", "issued_at", "due_at", "paid_at", "version")
    list_filter = ("status", "kind")
    search_fields = ("code",)
    ordering = ("-issued_at",)
    actions_detail = ("pay", "void", "credit")

    @button("Mark as paid", right="billing.pay_invoicerow", icon="payments", dialog=PAY)
    def pay(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """The `manual` gateway."""
        return _asked(request, object_id, pay, reference=form.cleaned_data["reason"])

    @button("Make void", right="billing.void_invoicerow", icon="block", dialog=VOID)
    def void(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Nobody has to pay it."""
        return _asked(request, object_id, void, reason=form.cleaned_data["reason"])

    @button("Give back", right="billing.credit_invoicerow", icon="currency_exchange", dialog=CREDIT)
    def credit(self, request: HttpRequest, form: CreditForm, object_id: str) -> HttpResponse:
        """By a credit note."""
        given = form.cleaned_data
        return _asked(request, object_id, credit, amount=given["amount"], reason=given["reason"])


def _asked(request: HttpRequest, object_id: str, rule: Callable[..., Any], **args: Any) -> HttpResponse:
    """Ask a rule of an invoice."""
    sk = unquote(object_id).split("#", 2)[2]
    return _sent(request, object_id, INVOICE.ref(sk).ask(rule, **args), row=InvoiceRow)


def _sent(
    request: HttpRequest, object_id: str, command: Command[Any], *, reason: str = "", row: Any = SubscriptionRow
) -> HttpResponse:
    """Send it as that member of staff, and say what has become of it. A reason that no argument keeps stands on the
    fact's source."""
    source = f"admin: {reason}" if reason else "admin"
    writer = writer_of(_tenant(object_id), by=staff_id(request), source=source)
    try:
        answer = writer.send(command)
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, f"{answer.version.fact.replace('_', ' ').capitalize()}.")
    return _back(row, object_id)


def _tenant(object_id: str) -> str:
    """Whose it is, by its id: `SUBSCRIPTION#acme#…`."""
    return unquote(object_id).split("#")[1]


def _back(row: Any, object_id: str) -> HttpResponse:
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return HttpResponse(headers={"HX-Redirect": reverse(page, args=[object_id])})
