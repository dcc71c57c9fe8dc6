"""Every URL pattern there is, from the resolver."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.urls import URLResolver, get_resolver

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Endpoint:
    """A pattern: its name with its namespaces (the route, where it has none), its whole route, and its view."""

    name: str
    route: str
    view: Any

    @property
    def parameters(self) -> list[str]:
        """The names of its path's parameters."""
        return [one or other for one, other in _PARAMETER.findall(self.route)]

    def path(self, values: Mapping[str, str]) -> str:
        """Its path, with a value for each parameter."""
        filled = _PARAMETER.sub(lambda found: quote(values[found[1] or found[2]], safe="~:"), self.route)
        return f"/{filled}"


def of_tenants() -> list[Endpoint]:
    """The endpoints of a tenant's host."""
    return list(_walk(get_resolver(settings.ROOT_URLCONF)))


def of_public() -> list[Endpoint]:
    """The endpoints of the public host, the staff's included."""
    return list(_walk(get_resolver(settings.PUBLIC_SCHEMA_URLCONF)))


def _walk(resolver: URLResolver, route: str = "", spaces: str = "") -> Iterator[Endpoint]:
    for each in resolver.url_patterns:
        here = route + re.sub(r"^\^|\$$|\\Z$", "", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walk(each, here, spaces + (f"{each.namespace}:" if each.namespace else ""))
        else:
            yield Endpoint(spaces + each.name if each.name else f"/{here}", here, each.callback)
