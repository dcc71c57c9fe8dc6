"""What must hold of the staff admin before anything starts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib import admin
from django.core.checks import CheckMessage, Error

from face.admin.buttons import buttons_of
from face.admin.guard import Guarded

HINT = 'declare it by @button("Title", right="app.verb_model", …)'


def buttons_name_their_rights(app_configs: Sequence[AppConfig] | None, **_: Any) -> Iterator[CheckMessage]:
    """E020 to E023: an admin without our guard, a button or a bulk action without a right, one of no model, an address
    that unfold adds without any."""
    for model_admin in admin.site._registry.values():
        name = type(model_admin).__name__
        if not isinstance(model_admin, Guarded):
            yield Error(f"{name} is not Guarded.", obj=name, id="tenfold.E020")
            continue
        for button, right in buttons_of(model_admin):
            if not right:
                yield Error(f"The button {name}.{button} names no right.", hint=HINT, obj=name, id="tenfold.E021")
            elif not _is_of_a_model(right):
                yield Error(f"The right {right} of {name} is of no model.", hint=HINT, obj=name, id="tenfold.E022")
        if getattr(model_admin, "custom_urls", ()) or _open_bulk_actions(model_admin):
            yield Error(f"{name} has an action or an address without a right.", obj=name, id="tenfold.E023")


def _is_of_a_model(right: str) -> bool:
    app, _, codename = right.partition(".")
    try:
        apps.get_model(app, codename.rpartition("_")[2])
    except LookupError:
        return False
    return True


def _open_bulk_actions(model_admin: Any) -> list[str]:
    """The names of its bulk actions that ask for no permission."""
    found = model_admin._get_base_actions()
    return [each.name for each in found if not getattr(each.func, "allowed_permissions", ())]
