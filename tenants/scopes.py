"""What scopes there are: read off the API's own views, so that a new resource has its scopes at once."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from face.permissions import MayUse
from tenants.principal import Principal
from tenants.refusals import BeyondOwn, UnknownScope

EVERYTHING = "*"


@cache
def permissions() -> tuple[str, ...]:
    """Every permission that some view asks for: `todos:read`, `todos:write` …, in order."""
    return tuple(sorted({each for view in _views(get_resolver(settings.ROOT_URLCONF)) for each in _asked_by(view)}))


@cache
def scopes() -> tuple[str, ...]:
    """Every scope there is: the permissions, all of a resource (`todos:*`), a verb of all (`*:read`), and `*`."""
    resources = sorted({_resource(each) for each in permissions()})
    verbs = sorted({each.partition(":")[2] for each in permissions()})
    return (*permissions(), *(f"{each}:*" for each in resources), *(f"*:{each}" for each in verbs), EVERYTHING)


def offered() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a form offers: each resource with the scopes of it, then everything."""
    return (*((name, tuple(each)) for name, each in groupby(permissions(), _resource)), (EVERYTHING, (EVERYTHING,)))


def check(wanted: Iterable[str], *, by: Principal) -> tuple[str, ...]:
    """The scopes wanted, in order, each once. UnknownScope names the first that does not exist, and those that do;
    BeyondOwn where `by` has less."""
    found = tuple(sorted(set(wanted)))
    for scope in found:
        if scope not in scopes():
            raise UnknownScope(f"There is no scope {scope!r}.", pointer="/scopes", known=list(scopes()))
        if not by.may_give(scope):
            raise BeyondOwn(pointer="/scopes", scope=scope)
    return found


def _resource(permission: str) -> str:
    return permission.partition(":")[0]


def _views(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _views(each)
        elif hasattr(each.callback, "actions"):
            yield each


def _asked_by(view: URLPattern) -> Iterator[str]:
    """The permissions that a view's classes of permission ask for."""
    callback: Any = view.callback
    listing = callback.initkwargs.get("listing")
    path = listing.path if listing else getattr(callback.cls, "path", None)
    reads, changes = "get" in callback.actions, bool(callback.actions.keys() - {"get", "head", "options"})
    for permission in callback.cls.permission_classes:
        if path and issubclass(permission, MayUse):
            yield from (f"{path}:{permission.reads}",) if reads else ()
            yield from (f"{path}:{permission.changes}",) if changes else ()
