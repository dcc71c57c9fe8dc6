"""Hosts and API keys as staff see them."""

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from face.admin import ReadOnlyAdmin, ReasonForm, button, done, staff_id
from face.kept import note
from tenants.models import ApiKey, Domain

KEYS = "admin:tenants_apikey_changelist"
REVOKE = {
    "title": "Revoke this key",
    "description": "It is good for nothing from the next request on. That cannot be taken back.",
    "form_class": ReasonForm,
}


@admin.register(Domain)
class DomainAdmin(ReadOnlyAdmin):
    """Which host leads where."""

    list_display = ("domain", "tenant", "is_primary", "failing_since")
    search_fields = ("domain", "tenant__code")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys, without their secrets, which nobody has. Made by their tenant; here they can be looked at and revoked."""

    list_display = ("prefix", "tenant", "name", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("tenant",)
    search_fields = ("prefix", "name", "tenant__code")
    fields = ("tenant", "name", "scopes", "prefix", "created_by", *list_display[3:])
    actions_detail = ("revoke",)

    @button("Revoke", right="tenants.revoke_apikey", icon="key_off", dialog=REVOKE)
    def revoke(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Revoke it, for a reason that its tenant reads too."""
        reason = form.cleaned_data["reason"]
        with transaction.atomic():
            key = ApiKey.objects.select_related("tenant").select_for_update(of=("self",)).get(pk=object_id)
            if key.revoked_at:
                return done(request, f"{key} is revoked already.", back=KEYS, failed=True)
            ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
            whose = {"tenant": key.tenant.code, "by": staff_id(request), "reason": reason}
            note(request, action="api_key.revoked", subject=key.prefix, **whose)
        return done(request, f"{key} is revoked.", back=KEYS)
