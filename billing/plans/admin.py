"""Plans as staff see them: a draft is edited, everything else happens by buttons that ask why."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display

from billing.plans import catalogue
from billing.plans.models import PlanVersion
from billing.plans.standing_admin import StandingAdmin
from cqrs.domain import Refused
from face.admin import ReasonForm, StaffAdmin, button, staff_id

State = PlanVersion.State
__all__ = ["PlanVersionAdmin", "StandingAdmin"]

COLOURS = {State.DRAFT: "info", State.PUBLISHED: "success", State.RETIRED: "warning"}


def _dialog(title: str, description: str) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": ReasonForm}


PUBLISH = _dialog("Publish this version", "It is in the catalogue at once, and never changes again.")
RETIRE = _dialog("Retire this version", "Nobody can choose it any more; whoever has it keeps it.")
DRAFT = _dialog("Draft the next version", "A copy to edit, which nobody sees before it is published.")


@admin.register(PlanVersion)
class PlanVersionAdmin(StaffAdmin):
    """The versions of every plan."""

    form_rights = ("view", "add", "change")
    list_display = ("name", "code", "version", "shown_state", "monthly", "yearly", "currency", "published_at")
    list_filter = ("state", "code")
    search_fields = ("code", "name")
    fields = (
        ("code", "name"),
        "description",
        ("currency", "monthly", "yearly", "tax_percent"),
        "features",
        "limits",
        "position",
    )
    actions_detail = ("publish", "retire", "draft_next")

    def has_change_permission(self, request: HttpRequest, obj: PlanVersion | None = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: PlanVersion | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: PlanVersion | None = None) -> tuple[str, ...]:
        """The code of a later version is that of the first."""
        return ("code",) if obj and obj.version > 1 else ()

    @display(description="state", ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: PlanVersion) -> str:
        """In its colour."""
        return row.state

    @button("Publish", right="plans.publish_planversion", icon="publish", dialog=PUBLISH)
    def publish(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Into the catalogue."""
        return _done(request, form, object_id, catalogue.publish)

    @button("Retire", right="plans.retire_planversion", icon="archive", dialog=RETIRE)
    def retire(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Out of it."""
        return _done(request, form, object_id, catalogue.retire)

    @button("Draft next version", right="plans.draft_planversion", icon="edit_note", dialog=DRAFT)
    def draft_next(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Something to edit."""
        return _done(request, form, object_id, catalogue.draft_next)


def _done(request: HttpRequest, form: ReasonForm, object_id: str, change: Callable[..., PlanVersion]) -> HttpResponse:
    row = PlanVersion.objects.get(pk=object_id)
    try:
        row = change(row, by=staff_id(request), reason=form.cleaned_data["reason"], request=request)
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, f"{row} is {'a ' if row.state == State.DRAFT else ''}{row.state}.")
    return HttpResponse(headers={"HX-Redirect": reverse("admin:plans_planversion_change", args=[row.pk])})
