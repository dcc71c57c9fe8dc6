"""The one way to declare a button of the staff admin: it names the right it needs, and is refused and not shown without
it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, cast

from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse
from unfold.decorators import action

from cqrs.domain import NotFound

PLACES = ("actions_list", "actions_row", "actions_detail", "actions_submit_line")
"""Where an admin of unfold lists its buttons."""

_RIGHT = re.compile(r"[a-z_]+\.[a-z]+(_[a-z]+)*_[a-z]+")


class NoRight(ValueError):
    """A button's right is written `<app>.<verb>_<model>`, `tenants.rename_tenant` for one."""


def button[**P](
    title: str, *, right: str, icon: str, dialog: Mapping[str, Any]
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """A button with a dialog. Whoever has not the `right` never sees it, and gets a 403 for its address whatever the
    method; superusers have every right. An object that is not there is a 404. NoRight, at import."""
    if not _RIGHT.fullmatch(right):
        raise NoRight(f"{right!r}: {NoRight.__doc__}")
    declare = action(description=title, icon=icon, dialog=dialog, permissions=(right,))

    def decorate(press: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        guarded = declare(_found(press))
        guarded.right = right
        return cast(Callable[P, HttpResponse], guarded)

    return decorate


def right_of(view: object) -> str:
    """The right that a button names; empty for what is no button."""
    return str(getattr(view, "right", ""))


def buttons_of(model_admin: Any) -> Iterator[tuple[str, str]]:
    """The name of each button of an admin, and the right it names; empty where it was declared without one."""
    for place in PLACES:
        for name in model_admin._extract_action_names(getattr(model_admin, place)):
            yield name, right_of(getattr(model_admin, name, None))


def _found[**P](press: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Pressed for an object that is not there, it is a 404."""

    @wraps(press)
    def pressed(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        _check_id(cast(Any, args[0]), cast(str | None, kwargs.get("object_id")))
        try:
            return press(*args, **kwargs)
        except (ObjectDoesNotExist, NotFound):
            raise Http404 from None

    return pressed


def _check_id(model_admin: Any, object_id: str | None) -> None:
    """Http404 for an id that no object of this model can have."""
    try:
        model_admin.model._meta.pk.to_python(unquote(object_id) if object_id else None)
    except ValidationError:
        raise Http404 from None
