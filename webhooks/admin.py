"""Staff's view of the webhooks: where they go, and how they fare."""

from django.contrib import admin

from face.admin import ReadOnlyAdmin
from webhooks.models import Delivery, Endpoint


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    list_display = ("id", "tenant", "url", "is_active", "failing_since", "position", "created_at")
    list_filter = ("is_active",)
    search_fields = ("id", "url", "tenant__code")
    ordering = ("-created_at",)
    fields = ("tenant", "url", "events", "description", "is_active", "disabled_reason", *list_display[4:], "created_by")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("type", "entity_id", "version", "endpoint", "state", "attempts", "status", "error", "next_at")
    list_filter = ("state",)
    search_fields = ("entity_id", "endpoint__id")
    ordering = ("-id",)
