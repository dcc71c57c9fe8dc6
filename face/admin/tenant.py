"""Staff see read models and the journal, one tenant at a time; nothing is changed here but by commands."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context, tenant_context

from cqrs.models import JournalLine, Row
from cqrs.rebuild.past import pasts
from face.admin.guard import ReadOnlyAdmin

CHOSEN, PAST = "admin_tenant", "admin_past"
"""Where the session keeps the code of the tenant that is looked at, and the schema that shows it as it was."""


class TenantAdmin(ReadOnlyAdmin):
    """A table of the tenants' schemas: shows the chosen tenant's."""

    change_list_template = "face/tenant_list.html"
    list_per_page = 50
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if code := request.GET.get("tenant"):
            request.session[CHOSEN] = get_object_or_404(_tenants(), code=code).code
            request.session[PAST] = request.GET.get("past", "")
            return redirect(request.path)
        return self._inside(request, super().changelist_view)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._inside(request, super().changeform_view, object_id, form_url)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._inside(request, super().history_view, object_id)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Never, whatever it is: that is not even looked up."""
        raise PermissionDenied

    def _inside(self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any) -> HttpResponse:
        """The view, run and rendered in the chosen tenant's schema: its rows are read as late as the template."""
        tenants = list(_tenants())
        if not tenants:
            return redirect("admin:index")
        chosen = next((each for each in tenants if each.code == request.session.get(CHOSEN)), tenants[0])
        found = pasts(chosen.code, model=self.model) if issubclass(self.model, Row) else []
        past = next((each for each in found if each.schema == request.session.get(PAST)), None)
        with schema_context(past.schema) if past else tenant_context(chosen):
            context = {"tenants": tenants, "chosen": chosen, "pasts": found, "past": past}
            response = view(request, *args, extra_context=context)
            return response.render() if hasattr(response, "render") else response


@admin.register(JournalLine)
class JournalAdmin(TenantAdmin):
    list_display = ("position", "at", "type", "code", "version", "fact", "name", "by", "request_id")
    list_filter = ("type", "fact")
    search_fields = ("entity_id", "request_id", "by")
    ordering = ("-position",)


def _tenants() -> Any:
    """Those that somebody can visit: the system's own has no host."""
    tenants = get_tenant_model().objects.filter(domains__isnull=False).distinct()
    return tenants.exclude(schema_name=get_public_schema_name()).order_by("code")
