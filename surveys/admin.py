"""Staff's view of surveys: the schemas and their versions, and that there are responses; what people answered is
theirs and the tenant's."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from face.admin import TenantAdmin
from surveys.domain import lint
from surveys.domain.values import InvalidForm
from surveys.models import FormRow, ResponseRow, SurveyRow
from surveys.queries import content_of, surveys


@admin.register(SurveyRow)
class SurveyAdmin(TenantAdmin):
    list_display = ("code", "title", "status", "number", "is_changed", "responses", "findings", "updated_at")
    list_filter = ("status", "is_deleted")
    search_fields = ("code", "title")
    exclude = ("token",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SurveyRow]:
        return surveys()

    def responses(self, row: Any) -> int:
        """How many there are."""
        return int(row.responses)

    @admin.display(description="lint")
    def findings(self, row: SurveyRow) -> str:
        """What keeps the draft from being published."""
        try:
            found = lint(content_of(row))
        except InvalidForm as refused:  # written before this release: what it says now cannot be read
            return f"{refused.pointer}: {refused.detail}"
        return "; ".join(f"{each.pointer}: {each.detail}" for each in found) or "fine"


@admin.register(FormRow)
class FormAdmin(TenantAdmin):
    list_display = ("code", "survey", "number", "title", "created_at", "created_by")
    search_fields = ("code", "title")


@admin.register(ResponseRow)
class ResponseAdmin(TenantAdmin):
    list_display = ("id", "survey", "number", "submitted_at", "is_deleted")
    search_fields = ("survey",)
    exclude = ("answers", "respondent", "code", "name", "created_by", "updated_by")
