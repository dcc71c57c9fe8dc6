"""Long work as staff see it: what runs, how far it is, and buttons that start and stop it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django_tenants.utils import get_public_schema_name, get_tenant_model
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from cqrs.jobs.models import Job
from cqrs.jobs.requests import request_job
from cqrs.jobs.running import request_cancel
from cqrs.projections import PROJECTIONS
from face.admin.buttons import button
from face.admin.guard import ReadOnlyAdmin
from face.admin.reasons import ReasonForm, done, staff_id

JOBS = "admin:jobs_job_changelist"

STOP = {
    "title": "Cancel this work",
    "description": "It stops within a second, and leaves nothing half done.",
    "form_class": ReasonForm,
}


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What runs and what ran; each shows how far it is, and can be stopped with a reason."""

    list_display = ("kind", "tenant_code", "what", "state", "progress", "message", "by", "started_at", "ended_at")
    list_filter = ("kind", "state", "tenant_code")
    ordering = ("-id",)
    actions_detail = ("cancel",)

    @admin.display(description="done")
    def progress(self, job: Job) -> str:
        """`70 of 100`."""
        return f"{job.done} of {job.total}" if job.total else str(job.done or "")

    @button("Cancel", right="jobs.cancel_job", icon="cancel", dialog=STOP)
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Ask it to stop, for a reason."""
        if request_cancel(int(object_id), by=staff_id(request), reason=form.cleaned_data["reason"]):
            return done(request, "It will stop in a moment.", back=JOBS)
        return done(request, "It does not run any more.", back=JOBS, failed=True)


class RebuildForm(ReasonForm):
    """Whose rows are made again, of which entities, and why."""

    tenant = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    entities = forms.MultipleChoiceField(
        required=False, widget=UnfoldAdminSelectMultipleWidget, help_text="All, unless some are chosen."
    )
    field_order = ("tenant", "entities", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tenants = get_tenant_model().objects.exclude(schema_name=get_public_schema_name()).order_by("code")
        self.fields["tenant"].choices = [(each.code, each.name) for each in tenants]
        self.fields["entities"].choices = [(type, type) for type, each in sorted(PROJECTIONS.items()) if each.model]


MAKE_AGAIN = {
    "title": "Make read models again",
    "description": "From the log, while they are read and written. Journal and reactions stay as they are.",
    "form_class": RebuildForm,
}


class Rebuilds(ReadOnlyAdmin):
    """A page with a button that makes read models again."""

    actions_list = ("rebuild",)

    @button("Rebuild", right="stream.rebuild_shard", icon="build", dialog=MAKE_AGAIN)
    def rebuild(self, request: HttpRequest, form: RebuildForm) -> HttpResponse:
        """Ask a worker for it; the page of jobs then shows how far it is."""
        wanted = form.cleaned_data
        asked = {"tenant": wanted["tenant"], "by": staff_id(request), "reason": wanted["reason"]}
        request_job("rebuild", arguments={"types": wanted["entities"]}, **asked)
        return done(request, f"The rows of {wanted['tenant']} are made again.", back=JOBS)
