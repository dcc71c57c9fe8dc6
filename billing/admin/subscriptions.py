"""Subscriptions as staff see them: limits set otherwise, periods turned, invoices numbered otherwise."""

from datetime import datetime

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from billing.admin.forms import LiftForm, NumberForm, OverrideForm, dialog
from billing.admin.sending import back, send
from billing.clerk import SK, subscription_of
from billing.domain import INVOICE, SUBSCRIPTION, Metric
from billing.domain.overriding import lift_override, override
from billing.models import SubscriptionRow
from billing.overview import note_standing
from billing.runs import turn
from cqrs.domain import Refused
from cqrs.dynamodb.store import store
from cqrs.log import Log
from face.admin import ReasonForm, TenantAdmin, button, staff_id, tenant_of
from face.kept import note
from face.sequences import renumber

OVERRIDE = dialog("Override a limit", "It applies from the next write on, whatever the plan says.", OverrideForm)
LIFT = dialog("Lift an override", "The plan's limit applies again.", LiftForm)
TURN = dialog("Next period", "Everything happens now that would be due by the end of the running period.")
NUMBER = dialog("Number invoices otherwise", "From the next one on. Numbers that were given stay.", NumberForm)


@admin.register(SubscriptionRow)
class SubscriptionAdmin(TenantAdmin):
    """What a tenant has, its limits and who changed them."""

    list_display = ("plan", "plan_version", "billing_cycle", "status", "trial_ends_at", "version", "updated_at")
    actions_detail = ("override", "lift", "next_period", "number_invoices")

    @button("Override a limit", right="billing.override_subscriptionrow", icon="tune", dialog=OVERRIDE)
    def override(self, request: HttpRequest, form: OverrideForm, object_id: str) -> HttpResponse:
        """Another limit than the plan's."""
        given = form.cleaned_data
        args = {name: given[name] for name in ("most", "reason", "expires_at")}
        command = SUBSCRIPTION.ref(SK).ask(override, metric=Metric(given["metric"]), **args)
        return send(request, form, object_id, command, row=SubscriptionRow)

    @button("Lift an override", right="billing.lift_override_subscriptionrow", icon="undo", dialog=LIFT)
    def lift(self, request: HttpRequest, form: LiftForm, object_id: str) -> HttpResponse:
        """The plan's limit again."""
        command = SUBSCRIPTION.ref(SK).ask(lift_override, metric=Metric(form.cleaned_data["metric"]))
        return send(request, form, object_id, command, row=SubscriptionRow)

    @button("Next period", right="billing.turn_subscriptionrow", icon="fast_forward", dialog=TURN)
    def next_period(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Run its billing as if the period were over."""
        tenant, source = tenant_of(object_id), f"admin: {form.cleaned_data['reason']}"
        ends: datetime = subscription_of(tenant).state.current_period.end
        facts = [made.fact for made in turn(tenant, now=ends, by=staff_id(request), source=source)]
        note_standing(subscription_of(tenant))
        messages.success(request, f"Done: {', '.join(facts) or 'nothing was due'}.")
        return back(SubscriptionRow, object_id)

    @button("Number invoices", right="billing.renumber_invoicerow", icon="tag", dialog=NUMBER)
    def number_invoices(self, request: HttpRequest, form: NumberForm, object_id: str) -> HttpResponse:
        """Number this tenant's invoices otherwise from now on."""
        tenant, by, given = tenant_of(object_id), staff_id(request), dict(form.cleaned_data)
        reason = given.pop("reason")
        wanted = {name: given[name] for name in ("format", "rotation", "prefix", "postfix")}
        try:
            with transaction.atomic():
                shown = renumber(INVOICE, wanted, Log(store(), tenant), by=by)
                noted = {name: str(value) for name, value in wanted.items()}
                note(
                    request, tenant=tenant, by=by, action="sequence.set", subject="invoice", detail=noted, reason=reason
                )
        except Refused as refused:
            messages.error(request, refused.detail)
        else:
            messages.success(request, f"The next invoice is {shown['preview']}.")
        return back(SubscriptionRow, object_id)
