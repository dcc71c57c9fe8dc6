"""The staff's view of control data. What only commands and keys' owners may change is read-only here."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from tenants.models import ApiKey, Domain, Membership, Tenant, User

admin.site.unregister(Group)  # staff have no groups; members have roles


class Domains(TabularInline):  # type: ignore[misc]  # unfold is untyped
    """A tenant's hosts."""

    model = Domain
    extra = 0


class Members(TabularInline):  # type: ignore[misc]
    """A tenant's people."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):  # type: ignore[misc]
    """Tenants are made by `provision_tenant`, which makes their schema too, and are never deleted here."""

    list_display = ("code", "name", "state", "time_zone", "created_at")
    list_filter = ("state",)
    search_fields = ("code", "name")
    fields = ("code", "name", "time_zone", "state", "schema_name", "created_at")
    readonly_fields = ("code", "state", "schema_name", "created_at")
    inlines = (Domains, Members)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: a row alone is no tenant."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        """Never: a code is not used again."""
        return False


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """People, in any number of tenants."""

    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    readonly_fields = ("last_login", "created_at")


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):  # type: ignore[misc]
    """Who belongs where."""

    list_display = ("user", "tenant", "role", "created_at")
    list_filter = ("role", "tenant")
    search_fields = ("user__email", "tenant__code")
    autocomplete_fields = ("user", "tenant")


@admin.register(Domain)
class DomainAdmin(ModelAdmin):  # type: ignore[misc]
    """Which host leads where."""

    list_display = ("domain", "tenant", "is_primary")
    search_fields = ("domain", "tenant__code")
    autocomplete_fields = ("tenant",)


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):  # type: ignore[misc]
    """Keys, without their secrets, which nobody has. Made by their tenant; here they can be looked at and revoked."""

    list_display = ("prefix", "tenant", "name", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("tenant",)
    search_fields = ("prefix", "name", "tenant__code")
    readonly_fields = ("tenant", "name", "scopes", "prefix", "digest", "created_by", "created_at", "last_used_at")
    fields = (*readonly_fields, "expires_at", "revoked_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: its text would have to be shown to staff."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Never: what a key did must stay explainable. It is revoked."""
        return False
