"""Tenants as staff see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import localize
from django.utils.timezone import localtime
from django_tenants.utils import tenant_context
from unfold.decorators import display

from tenants.activity import glance, last_activity
from tenants.admin.actions import TenantActions
from tenants.admin.tabs import TABS
from tenants.models import PUBLIC, Tenant

COLOURS = {
    Tenant.State.ACTIVE: "success",
    Tenant.State.READY: "info",
    Tenant.State.PROVISIONING: "info",
    Tenant.State.SUSPENDED: "warning",
    Tenant.State.HELD: "warning",
    Tenant.State.DELETING: "danger",
    Tenant.State.DELETED: "danger",
}


@admin.register(Tenant)
class TenantAdmin(TenantActions):
    """Each with what it is, how much it does and what ails it. They are made by signing up."""

    list_display = ("code", "name", "shown_state", "people", "keys", "facts", "last_active", "health", "created_at")
    list_filter = ("state",)
    search_fields = ("code", "name", "domains__domain", "memberships__user__email")
    ordering = ("code",)
    fields = (
        ("code", "name"),
        ("shown_state", "health"),
        ("people", "keys", "facts"),
        ("last_active", "time_zone"),
        ("schema_name", "created_at"),
    )
    readonly_fields = ("shown_state", "health", "people", "keys", "facts", "last_active")
    change_form_datasets = TABS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        """Those that are somebody's, at a glance."""
        tenants: QuerySet[Tenant] = super().get_queryset(request)
        return glance(tenants.exclude(code=PUBLIC).exclude(state=Tenant.State.READY))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A page, with when each was last active: asked once for all of it."""
        page = super().get_changelist_instance(request)
        at = last_activity(page.result_list)
        for tenant in page.result_list:
            tenant.last_at = at.get(tenant.code)
        return page

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A tenant's page, run and rendered in its schema, where its log is shown from."""
        with tenant_context(get_object_or_404(Tenant, pk=object_id)):
            response: Any = super().change_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response  # type: ignore[no-any-return]

    @display(description="state", ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, tenant: Tenant) -> str:
        """In its colour."""
        return tenant.state

    @display(description="health", label={"well": "success"})  # type: ignore[untyped-decorator]
    def health(self, tenant: Any) -> str:
        """`well`, or what ails it."""
        ails = {"parked": tenant.parked, "reactions fail": tenant.failing}
        told = [f"{number} {what}" for what, number in ails.items() if number]
        return ", ".join([*told, *(["waits for its schema"] if tenant.waits else [])]) or "well"

    @display(description="last active")  # type: ignore[untyped-decorator]
    def last_active(self, tenant: Any) -> str | None:
        """When its journal last grew."""
        if not hasattr(tenant, "last_at"):
            tenant.last_at = last_activity([tenant]).get(tenant.code)
        return tenant.last_at and localize(localtime(tenant.last_at))

    @display(description="people", ordering="people")  # type: ignore[untyped-decorator]
    def people(self, tenant: Any) -> int:
        """Members."""
        return tenant.people  # type: ignore[no-any-return]

    @display(description="keys", ordering="keys")  # type: ignore[untyped-decorator]
    def keys(self, tenant: Any) -> int:
        """API keys that are not revoked."""
        return tenant.keys  # type: ignore[no-any-return]

    @display(description="facts", ordering="facts")  # type: ignore[untyped-decorator]
    def facts(self, tenant: Any) -> int:
        """Lines of its journal."""
        return tenant.facts  # type: ignore[no-any-return]
