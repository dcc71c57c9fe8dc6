"""All subscriptions, as staff see them across tenants; a button has a worker bill what is due."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from billing.plans.models import Standing
from cqrs.jobs.requests import request_job
from face import money
from face.admin import ReadOnlyAdmin, ReasonForm, button, done, staff_id

JOBS = "admin:jobs_job_changelist"
COLOURS = {"trial": "info", "active": "success", "past_due": "warning", "cancelled": "danger", "expired": "danger"}
RUN = {
    "title": "Bill what is due",
    "description": "Of every tenant, now. It is safe while another run is under way; jobs show how far it is.",
    "form_class": ReasonForm,
}


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    """Who has which version of which plan, in what state, until when, with which overrides."""

    list_display = (
        "tenant",
        "shown_status",
        "plan_version_shown",
        "billing_cycle",
        "brings",
        "owes",
        "period_ends_at",
        "cancel_at_period_end",
        "overridden",
        "seen_at",
    )
    list_filter = ("status", "plan", "plan_version", "billing_cycle", "cancel_at_period_end")
    search_fields = ("tenant__code", "tenant__name")
    list_select_related = ("tenant",)
    actions_list = ("bill",)

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_status(self, row: Standing) -> str:
        """In its colour."""
        return row.status

    @admin.display(description="plan", ordering="plan")
    def plan_version_shown(self, row: Standing) -> str:
        """`pro 2`, and the way to the subscription itself."""
        page = reverse("admin:billing_subscriptionrow_changelist")
        return format_html('<a href="{}?tenant={}">{} {}</a>', page, row.tenant.code, row.plan, row.plan_version)

    @admin.display(description="a month", ordering="monthly")
    def brings(self, row: Standing) -> str:
        """Monthly recurring revenue."""
        return money.shown(row.monthly, row.currency)

    @admin.display(description="owes", ordering="owing")
    def owes(self, row: Standing) -> str:
        """What is not paid yet."""
        return money.shown(row.owing, row.currency)

    @admin.display(description="overrides")
    def overridden(self, row: Standing) -> str:
        """`orders 5`, without limit where nothing is said."""
        each = [f"{one['metric']} {'no limit' if one['limit'] is None else one['limit']}" for one in row.overrides]
        return ", ".join(each)

    @button("Bill what is due", right="plans.bill_standing", icon="play_arrow", dialog=RUN)
    def bill(self, request: HttpRequest, form: ReasonForm) -> HttpResponse:
        """Ask a worker for a run; the page of jobs then shows how far it is."""
        request_job("billing", by=staff_id(request), reason=form.cleaned_data["reason"])
        return done(request, "What is due is billed.", back=JOBS)
