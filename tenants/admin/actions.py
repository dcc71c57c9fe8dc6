"""What staff may do to a tenant, each by a button that asks why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cqrs.domain import Refused
from face.admin import ReadOnlyAdmin, ReasonForm, button, staff_id
from tenants import lifecycle, support
from tenants.handover import hand_over
from tenants.models import Tenant, User
from tenants.principal import Role

HOURS = (1, 2, 4, 8)
"""For how many hours support access may be asked; its most is `support.LASTS_MOST`."""


class RenameForm(ReasonForm):
    """The new name, and why."""

    name = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)
    field_order = ("name", "reason")


class DeleteForm(ReasonForm):
    """The tenant's code, typed, and why."""

    code = forms.CharField(max_length=31, widget=UnfoldAdminTextInputWidget, help_text="Type the tenant's code.")
    field_order = ("code", "reason")


class SupportForm(ReasonForm):
    """As what, for how long, and why."""

    role = forms.ChoiceField(
        choices=[(Role.VIEWER, "Look"), (Role.ADMIN, "Look and change")], widget=UnfoldAdminSelectWidget
    )
    hours = forms.TypedChoiceField(
        choices=[(hours, f"{hours} h") for hours in HOURS], coerce=int, widget=UnfoldAdminSelectWidget
    )
    field_order = ("role", "hours", "reason")


def _dialog(title: str, description: str, form: type[ReasonForm] = ReasonForm) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": form}


RENAME = _dialog("Rename this tenant", "Its code stays as it is.", RenameForm)
SUSPEND = _dialog("Suspend this tenant", "From now on it can only be read.")
HOLD = _dialog("Hold this tenant", "From now on nobody can use it, until it is resumed.")
RESUME = _dialog("Resume this tenant", "It can be used again.")
DELETE = _dialog(
    "Delete this tenant", "Its hosts lead nowhere at once, its data is destroyed: no way back.", DeleteForm
)
SUPPORT = _dialog("Go into this tenant", "Its people see that you are there, and why, and can end it.", SupportForm)


class TenantActions(ReadOnlyAdmin):
    """The buttons of a tenant's page."""

    actions_detail = ("support", "rename", "suspend", "hold", "resume", "delete_tenant")

    @button("Support", right="tenants.support_tenant", icon="support_agent", dialog=SUPPORT)
    def support(self, request: HttpRequest, form: SupportForm, object_id: str) -> HttpResponse:
        """Open access to it, and go there."""
        tenant, given = _tenant(object_id), form.cleaned_data
        staff, lasts = cast(User, request.user), timedelta(hours=given["hours"])
        wanted = {"role": Role(given["role"]), "reason": given["reason"], "lasts": lasts}
        try:
            support.open(tenant, staff, request=request, **wanted)
        except Refused as refused:
            return _back(request, tenant, refused.detail, failed=True)
        return HttpResponse(headers={"HX-Redirect": hand_over(request, staff, to=tenant, in_session=True)})

    @button("Rename", right="tenants.rename_tenant", icon="edit", dialog=RENAME)
    def rename(self, request: HttpRequest, form: RenameForm, object_id: str) -> HttpResponse:
        """Give it another name."""
        return _done(request, form, object_id, lifecycle.rename, name=form.cleaned_data["name"])

    @button("Suspend", right="tenants.suspend_tenant", icon="pause_circle", dialog=SUSPEND)
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Make it read-only."""
        return _done(request, form, object_id, lifecycle.suspend)

    @button("Hold", right="tenants.hold_tenant", icon="lock", dialog=HOLD)
    def hold(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Let nobody in."""
        return _done(request, form, object_id, lifecycle.hold)

    @button("Resume", right="tenants.resume_tenant", icon="play_circle", dialog=RESUME)
    def resume(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Make it active again."""
        return _done(request, form, object_id, lifecycle.resume)

    @button("Delete", right="tenants.delete_tenant", icon="delete_forever", dialog=DELETE)
    def delete_tenant(self, request: HttpRequest, form: DeleteForm, object_id: str) -> HttpResponse:
        """Delete it, where its code was typed."""
        tenant = _tenant(object_id)
        if form.cleaned_data["code"] != tenant.code:
            return _back(request, tenant, "That is not this tenant's code. Nothing was done.", failed=True)
        return _done(request, form, object_id, lifecycle.delete)


def _done(
    request: HttpRequest, form: ReasonForm, object_id: str, change: Callable[..., Tenant], **args: Any
) -> HttpResponse:
    """Do it for the reason given, and say on the tenant's page what has become of it."""
    tenant, whose = _tenant(object_id), {"by": staff_id(request), "reason": form.cleaned_data["reason"]}
    try:
        changed = change(tenant, request=request, **whose, **args)
    except Refused as refused:
        return _back(request, tenant, refused.detail, failed=True)
    return _back(request, changed, f"{changed.name} is {changed.state}.")


def _back(request: HttpRequest, tenant: Tenant, text: str, *, failed: bool = False) -> HttpResponse:
    messages.add_message(request, messages.ERROR if failed else messages.SUCCESS, text)
    return HttpResponse(headers={"HX-Redirect": reverse("admin:tenants_tenant_change", args=[tenant.pk])})


def _tenant(object_id: str) -> Tenant:
    found: Tenant = Tenant.objects.get(pk=object_id)
    return found
