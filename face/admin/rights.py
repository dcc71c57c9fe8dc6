"""The rights of staff: what the pages and the buttons of the admin ask for. Each is a permission of Django, made with
the tables; superusers give them to others, and have all of them."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q, QuerySet
from django_tenants.utils import get_public_schema_name

from face.admin.buttons import buttons_of


def button_rights() -> Iterator[tuple[str, str]]:
    """The app and the codename of each right that a button names, once: `("tenants", "rename_tenant")`."""
    named = {right for each in admin.site._registry.values() for _, right in buttons_of(each) if right}
    for right in sorted(named):
        app, _, codename = right.partition(".")
        yield app, codename


def form_rights() -> Iterator[tuple[str, str]]:
    """The same of each right by which a page is seen, or a form is sent."""
    for model, model_admin in admin.site._registry.items():
        for verb in getattr(model_admin, "form_rights", ()):
            yield model._meta.app_label, f"{verb}_{model._meta.model_name}"


def rights() -> QuerySet[Permission]:
    """The permissions that mean something in the admin: those that can be given."""
    wanted = Q()
    for app, codename in {*button_rights(), *form_rights()}:
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted).select_related("content_type").order_by("content_type__app_label", "name")


def create_rights(**_: object) -> None:
    """Make the permission of each right that a button names, once the public tables are migrated."""
    if connection.schema_name != get_public_schema_name():  # type: ignore[attr-defined]  # django-tenants' own
        return
    for app, codename in button_rights():
        verb, _sep, name = codename.rpartition("_")
        model = apps.get_model(app, name)
        kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
        told = f"Can {verb.replace('_', ' ')} {model._meta.verbose_name}"
        Permission.objects.get_or_create(codename=codename, content_type=kind, defaults={"name": told})
