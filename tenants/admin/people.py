"""People as staff see them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.filters import EmptyFieldListFilter
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from face.admin import Guarded, ReadOnlyAdmin, staff_id
from face.admin.rights import rights
from face.kept import note
from tenants.models import PUBLIC, AddressClaim, Membership, User

admin.site.unregister(Group)  # staff have no groups; members have roles


class Reasoned(forms.ModelForm):  # type: ignore[type-arg]
    """Asks why, for the audit."""

    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget)


class PersonForm(Reasoned, UserChangeForm):  # type: ignore[misc]  # unfold is untyped
    """What staff may change of a person."""


class NewPersonForm(Reasoned, UserCreationForm):  # type: ignore[misc]
    """A person, and the password they begin with."""


FIELDSETS: Any = (
    (None, {"fields": ("email", "name", "password")}),
    ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
    ("Dates", {"fields": ("confirmed_at", "last_login", "created_at")}),
    ("Why", {"fields": ("reason",)}),
)


@admin.register(User)
class PersonAdmin(Guarded, UserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """People, in any number of tenants. They are not deleted: `erase_person` leaves what they did explainable.

    Whoever may change a person can become anybody, and have every right: so superusers alone add and change people, and
    give rights. Others look, where they have the right to.
    """

    form, add_form, change_password_form = PersonForm, NewPersonForm, AdminPasswordChangeForm
    list_display = ("email", "name", "is_confirmed", "is_staff", "is_active", "last_login")
    list_filter = (("confirmed_at", EmptyFieldListFilter), "is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("user_permissions",)
    fieldsets = FIELDSETS
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2", "reason")}),)
    readonly_fields = ("confirmed_at", "last_login", "created_at")

    @display(description="confirmed", boolean=True, ordering="confirmed_at")  # type: ignore[untyped-decorator]
    def is_confirmed(self, person: User) -> bool:
        """Whether the address was found to be theirs."""
        return person.confirmed_at is not None

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """An address that staff typed is one that nobody has confirmed; a link to the one before is void."""
        if change and "email" in form.changed_data:
            obj.confirmed_at = None
            AddressClaim.objects.filter(user=obj).delete()
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Who only looks does not see the password's hash, nor a reason to give."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        seen = [(title, each) for title, each in FIELDSETS if title != "Why"]
        return [
            (title, {"fields": tuple(name for name in each["fields"] if name != "password")}) for title, each in seen
        ]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The rights that mean something here."""
        if db_field.name == "user_permissions":
            options["queryset"] = rights()
        return super().formfield_for_manytomany(db_field, request, **options)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never."""
        return False

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """On our audit as well."""
        _note(request, obj, action="person.added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """On our audit as well: which fields, and why."""
        changed = message if isinstance(message, str) else [each["changed"] for each in message if "changed" in each]
        _note(request, obj, action="person.changed", detail={"changed": changed})
        return super().log_change(request, obj, message)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belongs where. Their tenant's owners change that."""

    list_display = ("user", "tenant", "role", "created_at")
    list_filter = ("role", "tenant")
    search_fields = ("user__email", "tenant__code")


def _note(request: HttpRequest, person: User, *, action: str, detail: Any = None) -> None:
    told = {
        "action": action,
        "subject": f"user:{person.pk}",
        "detail": detail,
        "reason": request.POST.get("reason", ""),
    }
    note(request, tenant=PUBLIC, by=staff_id(request), **told)
