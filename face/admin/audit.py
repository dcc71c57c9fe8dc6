"""Who did what to control data, when and why."""

from django.contrib import admin

from face.admin.guard import ReadOnlyAdmin
from face.models import AuditLine


@admin.register(AuditLine)
class AuditLineAdmin(ReadOnlyAdmin):
    list_display = ("at", "tenant_code", "action", "subject", "by", "on_behalf_of", "reason", "ip")
    list_filter = ("action",)
    search_fields = ("tenant_code", "subject", "by", "reason", "request_id")
    ordering = ("-id",)
