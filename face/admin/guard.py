"""What every page of the staff admin builds on: no address below it is open to staff without a right to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from unfold.admin import ModelAdmin
from unfold.checks import UnfoldModelAdminChecks

from face.admin.buttons import right_of


class Checks(UnfoldModelAdminChecks):  # type: ignore[misc]  # unfold is untyped
    """Unfold's checks but for the one that asks Postgres for each right: there may be no tables yet, and the rights are
    made with them. `face.admin.checks` looks them over without it."""

    def _check_unfold_action_permission_methods(self, obj: Any) -> list[Any]:
        return []


class Guarded(admin.ModelAdmin):  # type: ignore[type-arg]  # Django cannot be subscripted while it runs
    """Guards all addresses of an admin: a button by the right it names, any other page by some right to the model,
    before anything is looked up, so that nobody learns what there is from a 404."""

    checks_class = Checks
    form_rights: ClassVar[tuple[str, ...]] = ("view",)
    """Which of Django's rights (view, add, change, delete) mean something here, and can be given."""

    def get_urls(self) -> list[URLPattern]:
        """Each address of this admin, guarded."""
        urls: list[URLPattern] = super().get_urls()
        for each in urls:
            if not right_of(each.callback):
                each.callback = self._guarded(each.callback)
        return urls

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        """The tabs of a page: each is a list of another model, and shown to whoever may view that."""
        metas = [(each, each.model._meta) for each in super().get_changeform_datasets(request)]  # type: ignore[misc]  # unfold's
        return [each for each, meta in metas if may_view(request, meta.app_label, str(meta.model_name))]

    def _guarded(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.admin_site.has_permission(request) and not any(self.get_model_perms(request).values()):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded


class StaffAdmin(Guarded, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """An admin of unfold's, guarded."""


def may_view(request: HttpRequest, app: str, model: str) -> bool:
    """Whether who asks may look at a model."""
    return bool(getattr(request, "user", None)) and request.user.has_perm(f"{app}.view_{model}")


class ReadOnlyAdmin(StaffAdmin):
    """Looks, and changes nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
