"""Staff's view of the todos."""

from django.contrib import admin

from face.admin import TenantAdmin
from todos.models import TodoRow


@admin.register(TodoRow)
class TodoAdmin(TenantAdmin):
    list_display = ("code", "name", "status", "priority", "due_date", "version", "is_deleted", "updated_at")
    list_filter = ("status", "priority", "is_deleted")
    search_fields = ("code", "name")
